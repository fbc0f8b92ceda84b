import * as pulumi from "@pulumi/pulumi";
import { uiza } from "pulumi-streamkeys";
import { HandOver } from "./hand-over";
import { aws, encoder, kubernetes, vault } from "./takers";

const news = new uiza.Stream("news", { region: "in-mumbai-1" });
const key = new uiza.StreamKey("news", {
  streamId: news.id,
  keyRotation: { every: "30d", trigger: new pulumi.Config().get("trigger") },
});

// Whoever takes `key.streamKey` is given the new one in the run that rotates it, and only then.
const { streamKey } = key;
const inVault = new HandOver("vault", vault, { place: "secret/channels/news", streamKey });
const inKubernetes = new HandOver("kubernetes", kubernetes, { place: "live/news-stream-key", streamKey });
const inAws = new HandOver("aws", aws, { place: "channels/news", streamKey });
// Last: an encoder that restarts should find the new key wherever it looks.
const dependsOn = [inVault, inKubernetes, inAws];
new HandOver("encoder", encoder, { place: "news", streamKey }, { dependsOn });

// For another stack: examples/hand-over/reader. The key stays secret there, too.
export { streamKey };

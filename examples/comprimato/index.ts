import * as pulumi from "@pulumi/pulumi";
import { comprimato } from "pulumi-streamkeys";

// A stream has no settings: it comes with a key for the encoder and a key for the players. Comprimato gives no new keys
// to an existing stream, so a due rotation makes a new stream and then deletes the old one. While a feed comes in it
// waits. Rotate at once with another text:
//   pulumi config set trigger "left the team"
const news = new comprimato.Stream("news", {
  keyRotation: { every: "90d", trigger: new pulumi.Config().get("trigger") },
});

// One stream takes one feed at a time, so a second feed is a second stream.
const backup = new comprimato.Stream("backup");

export const sendWith = news.streamerKey;
export const backupWith = backup.streamerKey;
// Whoever has this key can watch, so it is secret too; `pulumi.unsecret(news.playerKey)` opens it for a public player.
export const watchWith = news.playerKey;

import * as pulumi from "@pulumi/pulumi";
import { apivideo } from "pulumi-streamkeys";

const config = new pulumi.Config();

// A public live stream with its key. api.video gives no new key to an existing one, so a due rotation makes a new live
// stream, with other playback URLs, and then deletes the old one. While a broadcast runs it waits. Rotate at once with another
// text:
//   pulumi config set trigger "left the team"
const news = new apivideo.LiveStream("news", {
  public: true,
  keyRotation: { trigger: config.get("trigger") },
  // The whole list: what is left out of it is not passed on any more.
  restreams: [
    {
      name: "elsewhere",
      serverUrl: "rtmps://ingest.example.com/app",
      streamKey: config.getSecret("otherKey") ?? pulumi.secret("a-key-of-the-other-platform"),
    },
  ],
});

export const publishUrl = news.rtmpsPublishUrl;
export const playback = news.hlsUrl;

import type { PulumiFn } from "@pulumi/pulumi/automation";
import { aioz, uiza } from "pulumi-streamkeys";
import type { Environment } from "./list";

/** What one environment consists of: a key for each channel, rotated every 90 days. */
export function programOf({ vendor, channels, region = "in-mumbai-1" }: Environment): PulumiFn {
  const keyRotation = { every: "90d" };
  return () => {
    for (const channel of channels) {
      if (vendor === "aioz") {
        new aioz.StreamKey(channel, { keyRotation });
      } else {
        const stream = new uiza.Stream(channel, { region });
        new uiza.StreamKey(channel, { streamId: stream.id, keyRotation });
      }
    }
    return Promise.resolve();
  };
}

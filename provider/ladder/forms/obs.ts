/** OBS Studio's `streamEncoder.json` (and `recordEncoder.json`): what the encoder sends, one rung. */
import { LadderError } from "../ladder";
import type { VideoRung } from "../ladder";
import { videoCodecNamed } from "../codecs";
import { exactRate, asRate } from "../rate";
import { number, properties, string } from "../view";
import { imported, known, Losses } from "./form";
import type { ImportOptions, LadderForm } from "./form";

function read(text: string, options: ImportOptions) {
  const settings = properties(JSON.parse(text));
  const losses = new Losses();
  const bitrateKbps = number(settings.bitrate);
  const { size } = options;
  if (bitrateKbps === undefined || size === undefined) {
    throw new LadderError("the encoder's settings do not say enough", [
      ...(bitrateKbps === undefined
        ? [
            {
              field: "bitrateKbps",
              message: "there is no bitrate; give OBS's streamEncoder.json, not service.json",
            },
          ]
        : []),
      ...(size === undefined
        ? [{ field: "width", message: "OBS keeps the size elsewhere; say it (--size 1280x720)" }]
        : []),
    ]);
  }
  const encoder = string(settings.encoder) ?? string(settings.id) ?? "obs_x264";
  if (settings.encoder === undefined && settings.id === undefined)
    losses.add(undefined, "codec", "not said; taken for h264");
  if (options.fps === undefined)
    losses.add(undefined, "fps", "OBS keeps the rate elsewhere; left to the source");
  const rate = options.fps === undefined ? undefined : exactRate(options.fps);
  const control = string(settings.rate_control)?.toLowerCase();
  const interval = number(settings.keyint_sec);
  const rung = known<VideoRung>({
    kind: "video",
    name: "",
    ...size,
    fps: rate && asRate(rate),
    codec: videoCodecNamed(encoder) ?? "h264",
    profile: string(settings.profile) === "" ? undefined : string(settings.profile),
    bitrateKbps,
    peakBitrateKbps: number(settings.max_bitrate),
    bufferKbit: settings.use_bufsize === true ? number(settings.buffer_size) : undefined,
    rateControl: control === "cbr" || control === "vbr" ? control : undefined,
    keyframeIntervalSeconds: interval === 0 ? undefined : interval,
    bFrames: number(settings.bf),
  });
  return imported([rung], options, losses);
}

/** The encoder's settings of OBS Studio. `pulumi-streamkeys/encoder` writes them. */
export const obs: LadderForm = {
  name: "obs",
  recognises: (text) =>
    /"(keyint_sec|rate_control|x264opts|bitrate)"/.test(text) && !/descriptions"/i.test(text),
  read,
};

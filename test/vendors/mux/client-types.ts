import type { ClientTypes } from "../../harness/typed";

const of = (name: string): string => `import("@mux/mux-node/resources/video/live-streams").${name}`;
const enveloped = (type: string): string => `{ data: ${type} }`;
const PATH = "/video/v1/live-streams";
const PLAYBACK_ID = 'import("@mux/mux-node/resources/shared").PlaybackId';

/** The types of Mux's own client, made from its OpenAPI. */
export const clientTypes: ClientTypes = {
  [`POST ${PATH}`]: { sends: of("LiveStreamCreateParams"), replies: enveloped(of("LiveStream")) },
  [`GET ${PATH}`]: { replies: enveloped(`${of("LiveStream")}[]`) },
  [`GET ${PATH}/:id`]: { replies: enveloped(of("LiveStream")) },
  [`PATCH ${PATH}/:id`]: { sends: of("LiveStreamUpdateParams"), replies: enveloped(of("LiveStream")) },
  [`POST ${PATH}/:id/reset-stream-key`]: { replies: enveloped(of("LiveStream")) },
  [`PUT ${PATH}/:id/embedded-subtitles`]: {
    sends: of("LiveStreamUpdateEmbeddedSubtitlesParams"),
    replies: enveloped(of("LiveStream")),
  },
  [`PUT ${PATH}/:id/generated-subtitles`]: {
    sends: of("LiveStreamUpdateGeneratedSubtitlesParams"),
    replies: enveloped(of("LiveStream")),
  },
  [`PUT ${PATH}/:id/new-asset-settings/static-renditions`]: {
    sends: of("LiveStreamUpdateNewAssetSettingsStaticRenditionsParams"),
    replies: enveloped(of("LiveStream")),
  },
  [`POST ${PATH}/:id/playback-ids`]: {
    sends: of("LiveStreamCreatePlaybackIdParams"),
    replies: enveloped(PLAYBACK_ID),
  },
  [`GET ${PATH}/:id/playback-ids/:child`]: { replies: enveloped(PLAYBACK_ID) },
  [`POST ${PATH}/:id/simulcast-targets`]: {
    sends: of("LiveStreamCreateSimulcastTargetParams"),
    replies: enveloped(of("SimulcastTarget")),
  },
  [`GET ${PATH}/:id/simulcast-targets/:child`]: { replies: enveloped(of("SimulcastTarget")) },
};

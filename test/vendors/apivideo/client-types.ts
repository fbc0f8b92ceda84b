import { but, type ClientTypes } from "../../harness/typed";

const of = (name: string): string => `import("@api.video/nodejs-client/lib/model/${name}").default`;

/** No restreams are missing in the vendor's samples, although the type asks for them (docs/sheets/apivideo.md, section 4). */
const STREAM = but(of("LiveStream"), { restreams: `${of("RestreamsResponseObject")}[]` });

/** The types of api.video's own client, made from its OpenAPI. */
export const clientTypes: ClientTypes = {
  "POST /live-streams": { sends: of("LiveStreamCreationPayload"), replies: STREAM },
  "GET /live-streams": { replies: but(of("LiveStreamListResponse"), { data: `(${STREAM})[]` }) },
  "GET /live-streams/:id": { replies: STREAM },
  // That null takes the player away is assumed (section 3).
  "PATCH /live-streams/:id": {
    sends: but(of("LiveStreamUpdatePayload"), { playerId: "string | null" }),
    replies: STREAM,
  },
};

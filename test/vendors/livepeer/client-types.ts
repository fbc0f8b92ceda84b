import type { ClientTypes } from "../../harness/typed";

const of = (name: string): string => `import("livepeer/models/components").${name}`;

/** The types of Livepeer's own client, made from its OpenAPI. */
export const clientTypes: ClientTypes = {
  "POST /stream": { sends: of("NewStreamPayload"), replies: of("Stream") },
  "GET /stream": { replies: `${of("Stream")}[]` },
  "GET /stream/:id": { replies: of("Stream") },
  "PATCH /stream/:id": { sends: of("StreamPatchPayload") },
  "POST /multistream/target": { sends: of("MultistreamTargetInput"), replies: of("MultistreamTarget") },
  "GET /multistream/target/:target": { replies: of("MultistreamTarget") },
  // The type asks for an address, which the server does not (docs/sheets/livepeer.md, section 5).
  "PATCH /multistream/target/:target": { sends: `Partial<${of("MultistreamTargetPatchPayload")}>` },
};

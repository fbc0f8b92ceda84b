import { but, type ClientTypes } from "../../harness/typed";

const INPUTS = "cloudflare/resources/stream/live-inputs";
const of = (name: string): string => `import("${INPUTS}/live-inputs").${name}`;
const ofOutput = (name: string): string => `import("${INPUTS}/outputs").${name}`;
/** The client's parameters hold what goes into the path and into headers too. */
const body = (type: string): string =>
  `Omit<${type}, "account_id" | "live_input_identifier" | "Idempotency-Key">`;
const enveloped = (type: string): string =>
  `{ success: true; errors: unknown[]; messages: unknown[]; result: ${type} }`;
/** Null: kept for ever (docs/sheets/cloudflare.md, section 3). */
const FOR_EVER = { deleteRecordingAfterDays: "number | null" };
/** No allowed origins are null in a reply (section 3). */
const INPUT = but(of("LiveInput"), {
  ...FOR_EVER,
  recording: but(`NonNullable<${of("LiveInput")}["recording"]>`, { allowedOrigins: "string[] | null" }),
});
const LISTED = but(`NonNullable<${of("LiveInputListResponse")}["liveInputs"]>[number]`, FOR_EVER);
const PATH = "/accounts/:account/stream/live_inputs";

/** The types of Cloudflare's own client, made from its OpenAPI. */
export const clientTypes: ClientTypes = {
  [`POST ${PATH}`]: { sends: body(of("LiveInputCreateParams")), replies: enveloped(INPUT) },
  [`GET ${PATH}`]: { replies: enveloped(but(of("LiveInputListResponse"), { liveInputs: `(${LISTED})[]` })) },
  [`GET ${PATH}/:uid`]: { replies: enveloped(INPUT) },
  [`PUT ${PATH}/:uid`]: {
    sends: but(body(of("LiveInputUpdateParams")), FOR_EVER),
    replies: enveloped(INPUT),
  },
  [`POST ${PATH}/:uid/rotate_keys`]: { replies: enveloped(INPUT) },
  [`GET ${PATH}/:uid/outputs`]: { replies: enveloped(`${ofOutput("Output")}[]`) },
  [`POST ${PATH}/:uid/outputs`]: {
    sends: body(ofOutput("OutputCreateParams")),
    replies: enveloped(ofOutput("Output")),
  },
  [`PUT ${PATH}/:uid/outputs/:output`]: {
    sends: body(ofOutput("OutputUpdateParams")),
    replies: enveloped(ofOutput("Output")),
  },
};

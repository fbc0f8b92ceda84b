import { but, type ClientTypes } from "../../harness/typed";

const of = (name: string): string => `import("@aws-sdk/client-ivs").${name}`;
/** This version does not know it yet, and AWS's own Python client does (docs/sheets/ivs.md, section 8). */
const SLATE = { failoverSlateConfigurationArn: "string" };
/** Of types that have no preset it is the empty text (section 3). */
const CHANNEL = but(of("Channel"), { ...SLATE, preset: `${of("TranscodePreset")} | ""` });
const SUMMARY = but(of("ChannelSummary"), { ...SLATE, preset: `${of("TranscodePreset")} | ""` });
const requestOf = (operation: string): string => {
  const type = of(`${operation}Request`);
  return /^(Create|Update)Channel$/.test(operation) ? but(type, SLATE) : type;
};
const responseOf = (operation: string): string => {
  const type = of(`${operation}Response`);
  if (operation === "ListChannels") return but(type, { channels: `(${SUMMARY})[]` });
  return operation.endsWith("eChannel") || operation === "GetChannel"
    ? but(type, { channel: CHANNEL })
    : type;
};
const OPERATIONS = [
  ...["CreateChannel", "GetChannel", "ListChannels", "UpdateChannel", "DeleteChannel"],
  ...["CreateStreamKey", "GetStreamKey", "BatchGetStreamKey", "ListStreamKeys", "DeleteStreamKey"],
  ...["GetStream", "StopStream"],
];

/** The types of AWS's own client, made from its service model. A deletion answers nothing. */
export const clientTypes: ClientTypes = {
  ...Object.fromEntries(
    OPERATIONS.map((operation) => [
      `POST /${operation}`,
      {
        sends: requestOf(operation),
        ...(!operation.startsWith("Delete") && { replies: responseOf(operation) }),
      },
    ]),
  ),
  // The ARN is in the path.
  "POST /tags/:arn": { sends: `Omit<${of("TagResourceRequest")}, "resourceArn">` },
};

/** Public surface of `pulumi-streamkeys/encoder`: from a stream key and a ladder to the encoder that feeds it. */
import * as pulumi from "@pulumi/pulumi";
import { encoderText } from "./encoder/formats";
import type { EncoderFormat } from "./encoder/formats";
import type { Ingest } from "./encoder/ingest";
import type { Ladder } from "./ladder/ladder";

export { encoderFormats, encoderText } from "./encoder/formats";
export type { EncoderFormat } from "./encoder/formats";
export type { Ingest } from "./encoder/ingest";
export { whatToSend } from "./encoder/send";
export type { Send } from "./encoder/send";

/** An ingest whose address and key may be outputs of resources. */
export interface IngestInput {
  /** Address, or an address that holds the key: `rtmpPublishUrl`. */
  readonly url: pulumi.Input<string | undefined>;
  /** The stream key, where the address does not hold it. */
  readonly key?: pulumi.Input<string | undefined>;
  /** A second ingest that takes the same feed. */
  readonly backup?: Omit<IngestInput, "backup">;
}

/**
 * The settings of an encoder for a stream key of this program, as a secret output: `encoder("obs-service", { url: stream.rtmpUrl, key:
 * key.streamKey }, ladder)`. The run fails when the resource has no such address, for example because it pulls.
 */
export function encoder(format: EncoderFormat, ingest: IngestInput, ladder: Ladder): pulumi.Output<string> {
  const { url, key, backup } = ingest;
  const known = pulumi.all([url, key, backup?.url, backup?.key]);
  return pulumi.secret(
    known.apply(([url, key, backupUrl, backupKey]) =>
      encoderText(
        format,
        { ...place(url, key), ...(backup && { backup: place(backupUrl, backupKey) }) },
        ladder,
      ),
    ),
  );
}

function place(url: string | undefined, key: string | undefined): Omit<Ingest, "backup"> {
  return { url: url ?? "", ...(key === undefined ? {} : { key }) };
}

/** Where an encoder sends to. */
import { StreamkeysError } from "../define/errors";

/** An ingest: its address and key, or an address that holds the key. */
export interface Ingest {
  /** `rtmp://`, `rtmps://` or `srt://`. */
  readonly url: string;
  /** The stream key, where the address does not hold it. */
  readonly key?: string;
  /** A second ingest that takes the same feed. */
  readonly backup?: Omit<Ingest, "backup">;
}

/** An address with its key, checked to be one: it is written into commands and files. */
export function publishUrl({ url, key }: Omit<Ingest, "backup">): string {
  if (key === undefined) return checked(url);
  const isSrt = /^srt:/i.test(url);
  const joined = isSrt
    ? `${url}${url.includes("?") ? "&" : "?"}streamid=${encodeURIComponent(key)}`
    : `${server(url)}/${key}`;
  return checked(joined);
}

/** Server and key apart, as OBS wants them. Of an address that holds the key, what stands behind the last slash is the key. */
export function serverAndKey(ingest: Omit<Ingest, "backup">): { server: string; key: string } {
  const { url, key } = ingest;
  if (key !== undefined || /^srt:/i.test(url)) return { server: checked(url), key: key ?? "" };
  const at = checked(url).lastIndexOf("/");
  return { server: url.slice(0, at), key: url.slice(at + 1) };
}

const server = (url: string): string => url.replace(/\/+$/, "");

/** The addresses that a feed goes to, the primary first. */
export function publishUrls({ backup, ...primary }: Ingest): string[] {
  return [publishUrl(primary), ...(backup === undefined ? [] : [publishUrl(backup)])];
}

/** The same, where only RTMP can be pushed. */
export function rtmpUrls(ingest: Ingest, who: string): string[] {
  const urls = publishUrls(ingest);
  if (urls.every((url) => /^rtmps?:/i.test(url))) return urls;
  throw new StreamkeysError(`${who} pushes RTMP only. Give the RTMP address of the ingest.`);
}

function checked(url: string): string {
  // The address may hold a key, so no error repeats it.
  if (!/^(rtmps?|srt):\/\/[^/\s]/i.test(url))
    throw new StreamkeysError("The ingest's address does not begin with rtmp://, rtmps:// or srt://.");
  if (/[\s"'\\\p{Cc}]/u.test(url))
    throw new StreamkeysError(
      "The ingest's address or key holds a blank, a quote or a backslash, which no encoder takes.",
    );
  return url;
}

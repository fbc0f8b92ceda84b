/** How a vendor, a proxy or a library may write a text into an error. */

const hexDigits = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const perByte = (text: string, form: (byte: number) => string): string =>
  Array.from(Buffer.from(text), form).join("");
const perUnit = (text: string, form: (unit: number) => string): string =>
  Array.from({ length: text.length }, (_, at) => form(text.charCodeAt(at))).join("");

/** The text in each form. */
export const encodings: Record<string, (text: string) => string> = {
  "as it is": (text) => text,
  "percent-encoded": encodeURIComponent,
  "percent-encoded in lower case": (text) =>
    encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
  "percent-encoded, every byte": (text) => perByte(text, (byte) => `%${hexDigits(byte, 2)}`),
  "percent-encoded twice": (text) => encodeURIComponent(encodeURIComponent(text)),
  "as a form field": (text) => new URLSearchParams({ a: text }).toString().slice(2),
  "in JSON": (text) => JSON.stringify(text).slice(1, -1),
  "in JSON within JSON": (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  "in JSON, as PHP escapes it": (text) => JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/"),
  "in JSON, every unit escaped": (text) => perUnit(text, (unit) => `\\u${hexDigits(unit, 4)}`),
  "in HTML": (text) =>
    text.replace(
      /[&<>"']/g,
      (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c] ?? c,
    ),
  "in HTML, by number": (text) => Array.from(text, (c) => `&#${c.codePointAt(0) ?? 0};`).join(""),
  "in HTML, by hexadecimal number": (text) =>
    Array.from(text, (c) => `&#x${hexDigits(c.codePointAt(0) ?? 0, 4).toUpperCase()};`).join(""),
  "in hexadecimal": (text) => Buffer.from(text).toString("hex"),
  "in Base64": (text) => Buffer.from(text).toString("base64"),
  "in Base64 for URLs": (text) => Buffer.from(text).toString("base64url"),
  "in Base64 within a URL": (text) => encodeURIComponent(Buffer.from(text).toString("base64")),
  "in HTTP Basic, as the password": (text) => `Basic ${Buffer.from(`user:${text}`).toString("base64")}`,
  "in HTTP Basic, as the user": (text) => `Basic ${Buffer.from(`${text}:x`).toString("base64")}`,
  "in Base64 with something around it": (text) => Buffer.from(`TOK:${text}, thanks`).toString("base64"),
};

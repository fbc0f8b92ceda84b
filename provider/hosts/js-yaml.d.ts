/** The part of js-yaml that is used; it comes without types. */
declare module "js-yaml" {
  export function load(text: string): unknown;
}

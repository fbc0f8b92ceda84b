/** Apart from the classes, so that the `streamkeys` command works where Pulumi is not installed. */

/**
 * The line that is stored as the provider of a resource type. Public API: it is in every user's state for ever. The
 * entry point is named so that Node's "Cannot find module" says what to do.
 */
export function providerText(type: string): string {
  return `exports.handler=()=>require("pulumi-streamkeys/host, installed by npm ci").provider("${type}")`;
}

import { writeFileSync } from "node:fs";
import type { Props, Shape } from "../provider/define";
import { delicatePaths, schemaOf } from "../provider/define/schema";
import { asSecret, TYPE_PREFIX } from "../provider/engine-values";
import { stateOf } from "../provider/lifecycle";
import { typeNameOf } from "../provider/vendors";
import { providerText } from "../sdk/provider-text";
import type { Declaration } from "./declaration";
import type { Source } from "./adoptable";

/**
 * A file for `pulumi import --file`. A resource that comes with inputs and outputs is taken into state as it is, without
 * asking a provider (docs/engine.md, fact 23), so a whole account is adopted at once and without a vendor write.
 */

/** The resources of an import file, secrets in the engine's envelope: whoever reads the file reads the keys. */
export function importFileOf(declarations: Declaration[], { vendor }: Source): unknown {
  return {
    resources: declarations.map(({ object: { definition, id }, name, inputs, outputs }) => {
      const type = typeNameOf(vendor, definition);
      // As the option `import` would leave it: taken over, not made.
      const declared = { ...inputs, adopt: id, __provider: providerText(type) };
      return {
        type: TYPE_PREFIX + type,
        name,
        id,
        inputs: sealed(definition.inputs, declared),
        outputs: sealed({ ...definition.inputs, ...definition.outputs }, stateOf(declared, outputs)),
      };
    }),
  };
}

/** Writes the file for its owner's eyes only. An older file of that name keeps nobody else's rights. */
export function writeImportFile(file: string, content: unknown): void {
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
}

/** Properties with every secret of the shape in the envelope. */
function sealed(shape: Shape, props: Props): Props {
  const copy = structuredClone(props);
  for (const path of delicatePaths(schemaOf(shape))) sealAt(copy, path);
  return copy;
}

function sealAt(value: Props, [key = "", ...rest]: string[]): void {
  const member = value[key];
  if (member === undefined) return;
  if (rest.length === 0) value[key] = asSecret(member);
  else if (member !== null && typeof member === "object") sealAt(member as Props, rest);
}

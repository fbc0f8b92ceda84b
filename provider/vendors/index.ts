import type { Definition } from "../define";
import { StreamkeysError } from "../define/errors";
import { hasSet, setNameOf } from "../define/set";
import type { Vendor } from "../define/vendor";
import { aioz } from "./aioz";
import { apivideo } from "./apivideo";
import { cloudflare } from "./cloudflare";
import { comprimato } from "./comprimato";
import { edgecast } from "./edgecast";
import { ivs } from "./ivs";
import { livepeer } from "./livepeer";
import { mux } from "./mux";
import { uiza } from "./uiza";
import { tenbyte } from "./tenbyte";

/** The register: every vendor, a line each. */
export const vendors: Vendor[] = [
  tenbyte,
  aioz,
  comprimato,
  uiza,
  edgecast,
  cloudflare,
  mux,
  ivs,
  apivideo,
  livepeer,
];

/** A resource type as it is written in state, for example `tenbyte:StreamKey`. */
export type TypeName = `${string}:${string}`;

/** The name of a resource type. It is in every user's state and never changes. */
export function typeNameOf(vendor: Vendor, definition: Definition): TypeName {
  return `${vendor.name}:${definition.name}`;
}

/** Name of the type of a resource's set, for example `aioz:StreamKeySet`; as lasting as the other. */
export function setTypeNameOf(vendor: Vendor, definition: Definition): TypeName {
  return `${vendor.name}:${setNameOf(definition.name)}`;
}

/**
 * The vendor and Definition of a resource type; of a set, the Definition of its items.
 * @throws StreamkeysError when this version of the package has no such type.
 */
export function definitionOf(typeName: string): { vendor: Vendor; definition: Definition; isSet: boolean } {
  for (const vendor of vendors) {
    for (const definition of vendor.resources) {
      if (typeNameOf(vendor, definition) === typeName) return { vendor, definition, isSet: false };
      if (hasSet(definition) && setTypeNameOf(vendor, definition) === typeName)
        return { vendor, definition, isSet: true };
    }
  }
  throw new StreamkeysError(
    `This version of pulumi-streamkeys has no resource type ${typeName}. Upgrade the package.`,
  );
}

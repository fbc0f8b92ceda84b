import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { format, type Options, resolveConfig } from "prettier";
import { vendors } from "../../provider/vendors";
import { docsPage } from "./docs";
import { ladderReference } from "./ladder-reference";
import { type Manifest, packageSchema } from "./package-schema";
import { sdkConfigKeys, sdkFile, sdkIndex, sdkKeyRotation } from "./sdk";

/** `npm run generate`: writes everything that is derived from the Definitions. */
async function main(): Promise<void> {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  const files: Record<string, string> = {
    "sdk/index.ts": sdkIndex(vendors),
    "sdk/key-rotation.ts": sdkKeyRotation(),
    "sdk/config-keys.ts": sdkConfigKeys(vendors),
    "docs/ladder-reference.md": ladderReference(),
    "schema.json": JSON.stringify(packageSchema(vendors, manifest)),
  };
  for (const vendor of vendors) {
    files[`sdk/${vendor.name}.ts`] = sdkFile(vendor);
    files[`docs/${vendor.name}.md`] = docsPage(vendor);
  }
  const options: Options = (await resolveConfig("package.json")) ?? {};
  mkdirSync("docs", { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(file, await format(text, { ...options, filepath: file }));
    console.log(file);
  }
}

void main();

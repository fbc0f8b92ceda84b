import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { simulators } from "../../sandbox/vendors";
import { command, type Contestant, type Outcome, type Workplace } from "./contestant";

/**
 * Terraform with the generic REST provider (Mastercard/restapi). It takes part where `terraform` and
 * `terraform-provider-restapi` are both on the PATH.
 */

const PROVIDER = "terraform-provider-restapi";

/** The contestant, if it is at hand. */
export function terraformAtHand(): Contestant[] {
  const [cli, provider] = ["terraform", PROVIDER].map(onPath);
  if (cli === undefined || provider === undefined) return [];
  return [
    {
      name: "Terraform, generic REST provider",
      open: (baseUrl) => Promise.resolve(open(cli, dirname(provider), baseUrl)),
    },
  ];
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

const cliConfig = (providerFolder: string): string => `
provider_installation {
  dev_overrides { "Mastercard/restapi" = ${JSON.stringify(providerFolder)} }
  direct {}
}`;

function program(baseUrl: string, count: number, save: boolean): string {
  const { publicKey = "", secretKey = "" } = simulators.aioz?.credentials ?? {};
  return `
terraform {
  required_providers { restapi = { source = "Mastercard/restapi" } }
}
provider "restapi" {
  uri                   = ${JSON.stringify(baseUrl)}
  headers               = {
    "Content-Type"      = "application/json"
    "stream-public-key" = ${JSON.stringify(publicKey)}
    "stream-secret-key" = ${JSON.stringify(secretKey)}
  }
  id_attribute          = "data/id"
  write_returns_object  = true
}
resource "restapi_object" "key" {
  count = ${count}
  path  = "/live_streams"
  data  = jsonencode({ name = "key\${count.index}", save = ${save}, type = "video" })
}`;
}

function open(cli: string, providerFolder: string, baseUrl: string): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "streamkeys-terraform-"));
  const config = join(folder, "cli.tfrc");
  writeFileSync(config, cliConfig(providerFolder));
  const run = (action: string, ...args: string[]): Promise<Outcome> =>
    command(cli, [action, "-auto-approve", "-input=false", "-no-color", ...args], {
      cwd: folder,
      env: { ...process.env, TF_CLI_CONFIG_FILE: config, CHECKPOINT_DISABLE: "1" },
    });
  const declare = (count: number, save: boolean): void => {
    writeFileSync(join(folder, "main.tf"), program(baseUrl, count, save));
  };
  const state = (): string => readFileSync(join(folder, "terraform.tfstate"), "utf8");
  return {
    apply: (count, save) => {
      declare(count, save);
      return run("apply");
    },
    rotate: () => run("apply", "-replace=restapi_object.key[0]"),
    refresh: () => run("apply", "-refresh-only"),
    destroy: () => run("destroy"),
    stored: () =>
      readdirSync(folder)
        .filter((name) => name.includes("tfstate"))
        .map((name) => readFileSync(join(folder, name), "utf8"))
        .join("\n"),
    state,
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

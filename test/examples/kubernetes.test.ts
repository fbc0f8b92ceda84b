import { readdirSync, readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020";
import { parse, parseAllDocuments } from "yaml";

/** The manifests of examples/kubernetes, against what the Pulumi Kubernetes Operator takes. No cluster is there. */

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: Record<string, unknown>;
}

const FOLDER = "examples/kubernetes";
const read = (file: string): string => readFileSync(file, "utf8");
const manifests = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .flatMap((file) => parseAllDocuments(read(`${FOLDER}/${file}`)).map((doc) => doc.toJS() as Manifest));
const ofOperator = (kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind);

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema(parse(read("test/schema/operator.yaml")) as object, "operator");
const problems = (manifest: Manifest): string[] => {
  const validate = ajv.getSchema(`operator#/$defs/${manifest.kind}`)!;
  return validate(manifest)
    ? []
    : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
};

describe("the manifests of examples/kubernetes", () => {
  it.each(["Stack", "Workspace"])("hold what the operator takes in a %s", (kind) => {
    expect(ofOperator(kind)).not.toEqual([]);
    for (const manifest of ofOperator(kind)) expect(problems(manifest)).toEqual([]);
  });

  it("are right on the docs page too", () => {
    const blocks = [...read("docs/kubernetes.md").matchAll(/```yaml\n(.*?)```/gs)].map(
      ([, text = ""]) => text,
    );
    const shown = blocks.flatMap((text) => parseAllDocuments(text).map((doc) => doc.toJS() as Manifest));
    expect(shown.map(({ kind }) => kind)).toEqual(["ConfigMap", "GitRepository", "Kustomization", "Stack"]);
    expect(problems(shown.at(-1)!)).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ["a field that is not there", "Stack", { resyncSeconds: 60 }],
    ["a text for a number", "Stack", { resyncFrequencySeconds: "60" }],
    ["two sources", "Stack", { programRef: { name: "x" } }],
    ["a branch and a commit", "Stack", { commit: "abc" }],
    ["a Secret without its key", "Stack", { envRefs: { A: { type: "Secret", secret: { name: "x" } } } }],
    ["an unknown kind of reference", "Stack", { envRefs: { A: { type: "Vault" } } }],
    ["a wrong field of the pod's workspace", "Stack", { workspaceTemplate: { spec: { images: "x" } } }],
    ["an unknown profile", "Workspace", { securityProfile: "privileged" }],
  ])("would be found wrong with %s", (_, kind, wrong) => {
    const [manifest] = ofOperator(kind);
    expect(problems({ ...manifest!, spec: { ...manifest!.spec, ...wrong } })).not.toEqual([]);
  });

  it("use the account that is bound to system:auth-delegator, in its namespace", () => {
    const [account] = ofOperator("ServiceAccount");
    const binding = ofOperator("ClusterRoleBinding")[0] as unknown as { roleRef: object; subjects: object[] };
    const { name, namespace } = account!.metadata;
    expect(binding.subjects).toEqual([{ kind: "ServiceAccount", name, namespace }]);
    expect(binding.roleRef).toMatchObject({ name: "system:auth-delegator" });
    for (const { metadata, spec } of [...ofOperator("Stack"), ...ofOperator("Workspace")])
      expect([metadata.namespace, spec.serviceAccountName]).toEqual([namespace, name]);
  });

  it("take every secret from a Secret, and never destroy", () => {
    const text = manifests.map((manifest) => JSON.stringify(manifest.spec)).join("\n");
    expect(text).not.toMatch(/"type":"Literal"/);
    for (const { spec } of ofOperator("Stack")) expect(spec.destroyOnFinalize).toBe(false);
  });
});

describe("the Dockerfile of examples/kubernetes", () => {
  const lines = read(`${FOLDER}/Dockerfile`).split("\n");
  const at = (start: string): number => lines.findIndex((line) => line.startsWith(start));

  it("has a fixed base, node_modules in the program's folder, and ends as the operator's user", () => {
    expect(lines[at("FROM")]).toMatch(/^FROM pulumi\/pulumi-nodejs:\d+\.\d+\.\d+$/);
    expect(at("WORKDIR /app")).toBeGreaterThan(0);
    expect(at("RUN npm ci")).toBeGreaterThan(at("WORKDIR /app"));
    // What `npm ci` leaves out here, the operator's `pulumi install` must leave out too: the cache does not have it.
    expect(lines[at("ENV")]).toMatch(/ npm_config_omit=dev$/);
    expect(at("ENV")).toBeLessThan(at("RUN npm ci"));
    expect(lines.filter((line) => line.startsWith("USER"))).toEqual(["USER 1000"]);
    const [workspace] = ofOperator("Workspace");
    expect(workspace!.spec.local).toEqual({ dir: "/app" });
  });
});

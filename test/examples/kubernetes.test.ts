import { readdirSync, readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020";
import { lauxlib, lua, lualib, to_jsstring, to_luastring } from "fengari";
import { parse, parseAllDocuments } from "yaml";
import { vendors } from "../../provider/vendors";

/**
 * The manifests of examples/kubernetes, against the schemas of Kubernetes, Argo CD, Flux and the Pulumi Kubernetes Operator
 * (test/schema/README.md says where from). No cluster is there.
 */

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: Record<string, unknown>;
}

const FOLDER = "examples/kubernetes";
const read = (file: string): string => readFileSync(file, "utf8");
const inFile = (file: string): Manifest[] =>
  parseAllDocuments(read(`${FOLDER}/${file}`)).map((document) => document.toJS() as Manifest);
const manifests = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .flatMap(inFile);
const ofKind = (kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
const [stack] = ofKind("Stack") as [Manifest];
const [workspace] = ofKind("Workspace") as [Manifest];

const ajv = new Ajv({ strict: false, allErrors: true });
for (const name of ["kubernetes", "argo-cd", "flux"])
  ajv.addSchema(JSON.parse(read(`test/schema/${name}.json`)) as object, name);
ajv.addSchema(parse(read("test/schema/operator.yaml")) as object, "operator");

/** Whose schema has the kinds of an API group. */
const OWNERS: Record<string, string> = {
  v1: "kubernetes",
  "rbac.authorization.k8s.io": "kubernetes",
  "argoproj.io": "argo-cd",
  "source.toolkit.fluxcd.io": "flux",
  "kustomize.toolkit.fluxcd.io": "flux",
  "pulumi.com": "operator",
  "auto.pulumi.com": "operator",
};

function problems(manifest: Manifest): string[] {
  const owner = OWNERS[manifest.apiVersion.split("/")[0] ?? ""];
  const validate = ajv.getSchema(`${owner ?? "nobody"}#/$defs/${manifest.kind}`);
  if (!validate) return [`nobody has a ${manifest.kind} of ${manifest.apiVersion}`];
  return validate(manifest)
    ? []
    : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** A manifest with a few fields of its spec put in. */
const withSpec = (manifest: Manifest, spec: Record<string, unknown>): Manifest => ({
  ...manifest,
  spec: { ...manifest.spec, ...spec },
});
const inPod = (spec: Record<string, unknown>): Record<string, unknown> => ({ workspaceTemplate: { spec } });

describe("the manifests of examples/kubernetes", () => {
  it.each(manifests.map((manifest) => [manifest.kind, manifest] as const))(
    "hold a %s as its owner takes it",
    (_, manifest) => {
      expect(problems(manifest)).toEqual([]);
    },
  );

  it("are of all the kinds that the page tells of", () => {
    const kinds = [
      "Application",
      "ClusterRoleBinding",
      "ConfigMap",
      "GitRepository",
      "Kustomization",
      "Namespace",
    ];
    expect(manifests.map(({ kind }) => kind).sort()).toEqual([
      ...kinds,
      "ServiceAccount",
      "Stack",
      "Workspace",
    ]);
  });

  it("are right with the source of the page's section on Flux", () => {
    const [shown = ""] = [...read("docs/kubernetes.md").matchAll(/```yaml\n(.*?)```/gs)].map(
      ([, text]) => text,
    );
    const source = parse(shown) as { fluxSource: { sourceRef: object } };
    const spec = Object.entries(stack.spec).filter(
      ([field]) => !["projectRepo", "branch", "repoDir"].includes(field),
    );
    expect(problems({ ...stack, spec: { ...Object.fromEntries(spec), ...source } })).toEqual([]);
    const [{ apiVersion, kind, metadata }] = ofKind("GitRepository") as [Manifest];
    // A source is looked for in the namespace of the Stack.
    expect(metadata.namespace).toBe(stack.metadata.namespace);
    expect(source.fluxSource.sourceRef).toEqual({ apiVersion, kind, name: metadata.name });
  });

  it.each<[string, Manifest]>([
    ["a field that is not there", withSpec(stack, { resyncSeconds: 60 })],
    ["a text for a number", withSpec(stack, { resyncFrequencySeconds: "60" })],
    ["a resync more often than the operator does", withSpec(stack, { resyncFrequencySeconds: 5 })],
    ["two sources", withSpec(stack, { programRef: { name: "x" } })],
    ["a branch and a commit", withSpec(stack, { commit: "abc" })],
    [
      "a Secret without its key",
      withSpec(stack, { envRefs: { A: { type: "Secret", secret: { name: "x" } } } }),
    ],
    ["an unknown kind of reference", withSpec(stack, { envRefs: { A: { type: "Vault" } } })],
    [
      "a kind and another reference",
      withSpec(stack, { envRefs: { A: { type: "Env", literal: { value: "x" } } } }),
    ],
    [
      "a Secret of another namespace",
      withSpec(stack, {
        envRefs: { A: { type: "Secret", secret: { name: "x", key: "y", namespace: "z" } } },
      }),
    ],
    [
      "two ways into Git",
      withSpec(stack, { gitAuth: { accessToken: { type: "Env", env: { name: "A" } }, basicAuth: {} } }),
    ],
    [
      "a prerequisite with a misspelt requirement",
      withSpec(stack, { prerequisites: [{ name: "x", require: {} }] }),
    ],
    ["a wrong field of the pod's workspace", withSpec(stack, inPod({ images: "x" }))],
    ["a wrong field of the resources", withSpec(stack, inPod({ resources: { request: { cpu: 1 } } }))],
    [
      "a wrong field in a container",
      withSpec(stack, inPod({ podTemplate: { spec: { containers: [{ name: "pulumi", envs: [] }] } } })),
    ],
    ["a name that is too long", { ...stack, metadata: { ...stack.metadata, name: "x".repeat(43) } }],
    [
      "a wrong field of the metadata",
      { ...stack, metadata: { ...stack.metadata, lables: {} } as Manifest["metadata"] },
    ],
    ["an unknown profile", withSpec(workspace, { securityProfile: "privileged" })],
    ["Git by `revision`", withSpec(workspace, { local: undefined, git: { url: "x", revision: "y" } })],
    [
      "a Secret by a wrong word",
      withSpec(workspace, { env: [{ name: "A", valueFrom: { secretRef: { name: "x" } } }] }),
    ],
    ["a wrong field of the Application", withSpec(ofKind("Application")[0]!, { syncPolicies: {} })],
    ["a wrong reference of Flux", withSpec(ofKind("GitRepository")[0]!, { ref: { head: "main" } })],
    [
      "a Kustomization that says nothing of pruning",
      withSpec(ofKind("Kustomization")[0]!, { prune: undefined }),
    ],
  ])("would be found wrong with %s", (_, manifest) => {
    expect(problems(JSON.parse(JSON.stringify(manifest)) as Manifest)).not.toEqual([]);
  });

  it.each<[string, Manifest]>([
    [
      "finalizers, labels and annotations",
      {
        ...stack,
        metadata: {
          ...stack.metadata,
          finalizers: ["finalizer.stack.pulumi.com"],
          labels: { a: "b" },
          annotations: { "argocd.argoproj.io/sync-options": "Prune=false" },
        } as Manifest["metadata"],
      },
    ],
    ["structured config", withSpec(stack, { config: { "streamkeys:tenbyte": { waitSeconds: 60 } } })],
    [
      "a pod with a volume",
      withSpec(
        stack,
        inPod({
          podTemplate: {
            spec: {
              containers: [{ name: "pulumi", volumeMounts: [{ name: "a", mountPath: "/a" }] }],
              volumes: [{ name: "a", emptyDir: {} }],
            },
          },
        }),
      ),
    ],
    ["half a processor as a number", withSpec(stack, inPod({ resources: { requests: { cpu: 0.5 } } }))],
  ])("may have %s", (_, manifest) => {
    expect(problems(manifest)).toEqual([]);
  });

  it("use the account that is bound to system:auth-delegator, in its namespace", () => {
    const [account] = ofKind("ServiceAccount");
    const binding = ofKind("ClusterRoleBinding")[0] as unknown as { roleRef: object; subjects: object[] };
    const { name, namespace } = account!.metadata;
    expect(binding.subjects).toEqual([{ kind: "ServiceAccount", name, namespace }]);
    expect(binding.roleRef).toMatchObject({ name: "system:auth-delegator" });
    for (const { metadata, spec } of [stack, workspace])
      expect([metadata.namespace, spec.serviceAccountName]).toEqual([namespace, name]);
  });

  it("take every secret from a Secret, and delete and destroy nothing unasked", () => {
    const text = manifests.map((manifest) => JSON.stringify(manifest.spec)).join("\n");
    expect(text).not.toMatch(/"type":"Literal"/);
    expect(stack.spec.destroyOnFinalize).toBe(false);
    expect(ofKind("Application")[0]!.spec).toMatchObject({ syncPolicy: { automated: { prune: false } } });
    expect(ofKind("Kustomization")[0]!.spec).toMatchObject({ prune: false });
  });

  it("name the bucket's region, without which the engine does not find it", () => {
    const { env } = workspace.spec as { env: { name: string; value?: string }[] };
    expect(stack.spec.backend).toMatch(/^s3:\/\/.*\?region=[a-z0-9-]+$/);
    expect(env.find(({ name }) => name === "PULUMI_BACKEND_URL")?.value).toBe(stack.spec.backend);
  });
});

describe("the environment of the pods", () => {
  /** What the engine and its S3 backend read. */
  const OF_THE_ENGINE = ["PULUMI_CONFIG_PASSPHRASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
  const { envRefs } = stack.spec as { envRefs: Record<string, { secret: object }> };
  const ofVendors = Object.keys(envRefs).filter((name) => !OF_THE_ENGINE.includes(name));

  it("has only names that a vendor reads, and enough for each of these vendors", () => {
    const read = vendors.filter(({ environment }) =>
      Object.values(environment).some((name) => ofVendors.includes(name)),
    );
    expect(
      ofVendors.filter((name) => !read.some(({ environment }) => Object.values(environment).includes(name))),
    ).toEqual([]);
    expect(read).not.toEqual([]);
    for (const { environment, alternatives } of read) {
      expect(
        alternatives.filter((names) => names.every((name) => ofVendors.includes(environment[name] ?? ""))),
      ).not.toEqual([]);
    }
  });

  it("is the same in the Workspace, from the same keys of the same Secret", () => {
    const { env } = workspace.spec as { env: { name: string; valueFrom?: { secretKeyRef: object } }[] };
    const fromSecret = env.flatMap(({ name, valueFrom }) =>
      valueFrom ? [[name, valueFrom.secretKeyRef]] : [],
    );
    expect(Object.fromEntries(fromSecret)).toEqual(
      Object.fromEntries(Object.entries(envRefs).map(([name, { secret }]) => [name, secret])),
    );
  });
});

describe("the health of a Stack in Argo CD", () => {
  const [{ data }] = ofKind("ConfigMap") as unknown as [{ data: Record<string, string> }];
  const script = data["resource.customizations.health.pulumi.com_Stack"]!;

  /** What the script says of a Stack with these conditions. Argo CD runs it as Lua, with the object as `obj`. */
  function health(...conditions: [type: string, status: string][]): string {
    const given = conditions.map(([type, status]) => `{ type = "${type}", status = "${status}" }`).join(", ");
    const obj = given ? `{ status = { conditions = { ${given} } } }` : "{}";
    const state = lauxlib.luaL_newstate();
    lualib.luaL_openlibs(state);
    const program = `obj = ${obj}\nlocal function health()\n${script}\nend\nreturn health().status`;
    const failed = lauxlib.luaL_dostring(state, to_luastring(program));
    const said = to_jsstring(lua.lua_tostring(state, -1));
    if (failed) throw new Error(said);
    return said;
  }

  it("follows the conditions that the operator sets", () => {
    expect(health()).toBe("Progressing");
    expect(health(["Ready", "False"], ["Reconciling", "True"])).toBe("Progressing");
    expect(health(["Ready", "True"])).toBe("Healthy");
    expect(health(["Ready", "False"], ["Stalled", "True"])).toBe("Degraded");
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
    expect(workspace.spec.local).toEqual({ dir: "/app" });
  });
});

import type { Definition } from "../../provider/define";
import type { Vendor } from "../../provider/define/vendor";
import { vendors } from "../../provider/vendors";
import { simulators } from "../../sandbox/vendors";
import { textsIn } from "./canaries";
import { encodings } from "./encodings";
import { type Instead, jsonOf } from "./recorder";
import { answersOf } from "./workbench";

/**
 * Vendors that refuse, and in each refusal say secrets back: a credential of the account, one that the request carries, and one of
 * the object that it is about; each time in another form of writing and with another status.
 */

/** What they refuse. */
export type Refused = "everything" | "writes" | "nothing";

const STATUSES = [400, 403, 422, 401, 409, 404];
/** What a vendor says where its samples show no error. */
const PLAIN = { message: "no", error: "no", detail: "no" };

/**
 * Which secrets of the object that a request is about are said: none, where the run has never seen them; those of an object that
 * one resource alone manages; or those of an object that several manage, such as a stream and its key, as well.
 */
export type Told = "none" | "of one" | "of all";

/** All vendors, as they are at the moment. */
export class Betrayal {
  refused: Refused = "nothing";
  told: Told = "of one";
  /** How many secrets they have said. */
  said = 0;
  private turn = 0;
  private readonly credentials = new Map<Vendor, string[]>();
  /** What may stand in a request. */
  private readonly sendable = new Set<string>();
  private readonly objects = new Map<string, string[][]>();

  /** Says these of an account. */
  ofAccount(vendor: Vendor, secrets: string[]): void {
    this.credentials.set(vendor, secrets);
  }

  /** Says this one where a request carries it. */
  ofRequests(secret: string): void {
    this.sendable.add(secret);
  }

  /** Says these of objects: of each what the resources have that manage it. */
  ofObjects(objects: Iterable<[id: string, secrets: string[]]>): void {
    this.objects.clear();
    for (const [id, secrets] of objects) this.objects.set(id, [...(this.objects.get(id) ?? []), secrets]);
  }

  readonly answer: Instead = (method, path, sent) => {
    const vendor = vendors.find(({ name }) => path.startsWith(`/${name}/`));
    if (!vendor || !this.refuses(vendor, method, path)) return undefined;
    const secrets = [
      this.oneOf(this.credentials.get(vendor) ?? []),
      this.oneOf(textsIn(jsonOf(sent)).filter((text) => this.sendable.has(text))),
      this.oneOf(this.objectIn(path + sent)),
    ].filter((secret) => secret !== undefined);
    const forms = Object.values(encodings);
    const said = secrets.map((secret, at) => forms[(this.turn + at) % forms.length]?.(secret) ?? "");
    this.said += said.length;
    this.turn += 1;
    return {
      status: STATUSES[this.turn % STATUSES.length] ?? 400,
      body: errorOf(vendor, `the values ${said.join(" and ")} are wrong`),
    };
  };

  private refuses({ name }: Vendor, method: string, path: string): boolean {
    const meaning = simulators[name]?.meaning?.(method, path) ?? method;
    return this.refused === "everything" || (this.refused === "writes" && meaning !== "GET");
  }

  private oneOf(secrets: string[]): string | undefined {
    return secrets[this.turn % Math.max(1, secrets.length)];
  }

  /** The secrets of the object that a request names most closely. */
  private objectIn(request: string): string[] {
    const names = (id: string): boolean =>
      id.split("/").every((part) => request.includes(part) || request.includes(encodeURIComponent(part)));
    const [id = ""] = [...this.objects.keys()].filter(names).sort((a, b) => b.length - a.length);
    const managed = this.objects.get(id) ?? [];
    return this.told === "none" || (this.told === "of one" && managed.length > 1) ? [] : managed.flat();
  }
}

/** An error in the vendor's own form, with this text wherever it has one. */
function errorOf(vendor: Vendor, said: string): string {
  const [first] = vendor.resources as [Definition];
  const error = answersOf(vendor, first)?.error ?? PLAIN;
  return JSON.stringify(error, (_, value: unknown) => (typeof value === "string" ? said : value));
}

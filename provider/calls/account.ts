import { createHash } from "node:crypto";
import { z } from "zod";
import { ConfigError } from "../define/errors";
import { schemaOf, secretPaths } from "../define/schema";
import { rememberSecret } from "./redact";
import type { Credentials, Vendor } from "../define/vendor";

/** Reads the accounts of a vendor from stack config and environment, and fails closed with the command to run. */

/** Where settings come from: the stack's config (`streamkeys:*`, decrypted) and the environment. */
export interface Settings {
  config(key: string): string | undefined;
  environment: Record<string, string | undefined>;
}

/** What the stack config may hold besides an object for each vendor: the key after `streamkeys:`, and what it does. */
export const stackSettings = {
  rotateAll: "Any text. A new text rotates every key of the stack, once. For a leak, say which.",
};

/**
 * What two sets of credentials share when they surely open the same account at the same place: a digest, too short to find
 * anything out by, and long enough to tell them apart. Kept in state in clear.
 */
export function identityOf({ vendor, baseUrl, credentials }: Account): string {
  const telling = vendor.accountPath ? [] : credentials;
  const facts = JSON.stringify([vendor.name, baseUrl, telling]);
  return createHash("sha256").update(facts).digest("hex").slice(0, 12);
}

/** One account, ready to be called. */
export interface Account {
  vendor: Vendor;
  /** Undefined for the default account. */
  name: string | undefined;
  /** "Tenbyte" or "Tenbyte (account eu)". */
  label: string;
  credentials: Credentials;
  /** Without a slash at the end, account path included. */
  baseUrl: string;
  timeoutSeconds: number;
  retries: number;
  waitSeconds: number;
  concurrency: number;
}

const tuning = {
  baseUrl: z.string().describe("Base URL of the API, where it is not the documented one.").optional(),
  timeoutSeconds: z
    .number()
    .positive()
    .describe("Deadline of one call, in seconds. 30 when unset.")
    .optional(),
  retries: z
    .number()
    .int()
    .min(0)
    .describe("How often a call that may be repeated is repeated. 4 when unset.")
    .optional(),
  waitSeconds: z
    .number()
    .positive()
    .describe(
      "How long to wait for what the vendor makes ready by and by, or for a vendor that throttles, in seconds. 300 when unset.",
    )
    .optional(),
  concurrency: z.number().int().min(1).describe("Calls at once to this account. 8 when unset.").optional(),
};

/** The shape of one account in stack config: the vendor's credentials, all optional, and the tuning. */
function accountShape(vendor: Vendor): z.ZodObject {
  const credentials = Object.entries(vendor.credentials).map(
    ([name, schema]) => [name, schema.optional()] as const,
  );
  return z.strictObject({ ...Object.fromEntries(credentials), ...tuning });
}

const configShapes = new WeakMap<Vendor, z.ZodObject>();

/** The shape of `streamkeys:<vendor>`; made once a vendor, because every call of the engine resolves an account. */
function vendorConfigShape(vendor: Vendor): z.ZodObject {
  let shape = configShapes.get(vendor);
  if (!shape) {
    const account = accountShape(vendor);
    const accounts = z.record(z.string(), account).describe("Further accounts, by name.").optional();
    shape = account.extend({ accounts });
    configShapes.set(vendor, shape);
  }
  return shape;
}

/** One account as configured: the tuning by name, and any credential. */
type AccountConfig = Record<string, string | number | undefined> & z.infer<z.ZodObject<typeof tuning>>;

interface VendorConfig {
  defaults: AccountConfig;
  accounts: Record<string, AccountConfig>;
}

/** The names of the accounts that are configured for a vendor; `undefined` stands for the default account. */
export function configuredAccounts(vendor: Vendor, settings: Settings): (string | undefined)[] {
  const { accounts, defaults } = readVendorConfig(vendor, settings);
  const credentials = credentialsOf(vendor, withEnvironment(vendor, defaults, settings));
  const defaultAccount = complete(vendor, credentials) ? [undefined] : [];
  return [...defaultAccount, ...Object.keys(accounts)];
}

/** An account, and the settings that it was read from. */
interface Resolved {
  from: string;
  account: Account;
}

const lastOf = new WeakMap<Vendor, Map<string | undefined, Resolved>>();

/**
 * The account called `name`, or the default one; the same object as long as the settings are the same, because each item
 * of a set asks for it several times.
 * @throws ConfigError naming the field, the command and the environment variable.
 */
export function resolveAccount(vendor: Vendor, name: string | undefined, settings: Settings): Account {
  const from = settingsOf(vendor, settings);
  const byName = lastOf.get(vendor) ?? new Map<string | undefined, Resolved>();
  lastOf.set(vendor, byName);
  const last = byName.get(name);
  if (last?.from === from) return last.account;
  const account = readAccount(vendor, name, settings);
  byName.set(name, { from, account });
  return account;
}

/** All that an account of the vendor is read from. */
function settingsOf(vendor: Vendor, { config, environment }: Settings): string {
  const variables = [...Object.values(vendor.environment), baseUrlVariable(vendor)];
  return JSON.stringify([config(configKey(vendor)), ...variables.map((name) => environment[name])]);
}

const configKey = ({ name }: Vendor): string => `streamkeys:${name}`;

function readAccount(vendor: Vendor, name: string | undefined, settings: Settings): Account {
  const { accounts, defaults } = readVendorConfig(vendor, settings);
  const label = name === undefined ? vendor.title : `${vendor.title} (account ${name})`;
  const found = name === undefined ? withEnvironment(vendor, defaults, settings) : accounts[name];
  if (!found) {
    const others = Object.keys(accounts);
    const known =
      others.length > 0 ? `Configured accounts: ${others.join(", ")}.` : "No named accounts are configured.";
    throw new ConfigError(
      `${label}: there is no such account. ${known} To add it, run: ${setCommand(vendor, name)}`,
    );
  }
  const credentials = credentialsOf(vendor, found);
  for (const { 0: field } of secretPaths(schemaOf(vendor.credentials)))
    rememberSecret(credentials[field ?? ""]);
  if (!complete(vendor, credentials))
    throw new ConfigError(missingCredentials(vendor, name, label, credentials));
  const baseUrl = checkedBaseUrl(found.baseUrl ?? documentedBaseUrl(vendor, credentials), label);
  return {
    vendor,
    name,
    label,
    credentials,
    baseUrl: baseUrl + (vendor.accountPath?.(credentials) ?? ""),
    timeoutSeconds: found.timeoutSeconds ?? 30,
    retries: found.retries ?? 4,
    waitSeconds: found.waitSeconds ?? 300,
    concurrency: found.concurrency ?? 8,
  };
}

function readVendorConfig(vendor: Vendor, settings: Settings): VendorConfig {
  const key = configKey(vendor);
  const raw = settings.config(key);
  if (raw === undefined) return { defaults: {}, accounts: {} };
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    throw new ConfigError(
      `${key} must be an object. Set its fields one by one: ${setCommand(vendor, undefined)}`,
    );
  }
  const parsed = vendorConfigShape(vendor).safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) =>
      [...issue.path.map(String), issue.message].join(": "),
    );
    const fields = Object.keys(vendorConfigShape(vendor).shape).join(", ");
    throw new ConfigError(
      `${key} in the stack config is not right. ${problems.join("; ")}. Its fields are: ${fields}.`,
    );
  }
  const { accounts = {}, ...defaults } = parsed.data as AccountConfig & {
    accounts?: Record<string, AccountConfig>;
  };
  return { defaults, accounts };
}

function withEnvironment(vendor: Vendor, config: AccountConfig, settings: Settings): AccountConfig {
  const fromEnvironment: AccountConfig = {};
  for (const [field, variable] of Object.entries(vendor.environment)) {
    // Stack config wins as a whole: mixing one account's key with another's token would sign for neither.
    const value = settings.environment[variable];
    const stands = signingFields(vendor).includes(field) && hasCredentials(vendor, config);
    if (value === undefined || value === "" || stands) continue;
    const wrong = vendor.credentials[field]?.safeParse(value).error?.issues[0]?.message;
    if (wrong !== undefined) throw new ConfigError(`${variable} in the environment is not right. ${wrong}.`);
    fromEnvironment[field] = value;
  }
  const baseUrl = config.baseUrl ?? settings.environment[baseUrlVariable(vendor)];
  return { ...fromEnvironment, ...config, ...(baseUrl === undefined ? {} : { baseUrl }) };
}

/** The vendor's base URL for this account: fields of the account stand in it in braces, the region for example. */
const documentedBaseUrl = ({ baseUrl }: Vendor, credentials: Credentials): string =>
  baseUrl.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(credentials[field] ?? ""));

/** The environment variable that overrides a vendor's base URL. */
export function baseUrlVariable(vendor: Vendor): string {
  return `${vendor.name.toUpperCase()}_BASE_URL`;
}

/** The fields that sign a request; the others say how. */
const signingFields = (vendor: Vendor): string[] => vendor.alternatives.flat();

const hasCredentials = (vendor: Vendor, config: AccountConfig): boolean =>
  signingFields(vendor).some((field) => config[field] !== undefined);

const completeSets = ({ alternatives }: Vendor, credentials: Credentials): string[][] => {
  const isSet = (field: string): boolean => Boolean(credentials[field]);
  /** Whoever sets more than this one means the set that holds it. */
  const isBegunFurther = (set: string[]): boolean =>
    alternatives.some(
      (other) =>
        set.every((field) => other.includes(field)) &&
        other.some((field) => !set.includes(field) && isSet(field)),
    );
  return alternatives.filter((set) => set.every(isSet) && !isBegunFurther(set));
};

const complete = (vendor: Vendor, credentials: Credentials): boolean =>
  completeSets(vendor, credentials).length === 1;

function missingCredentials(
  vendor: Vendor,
  account: string | undefined,
  label: string,
  credentials: Credentials,
): string {
  const sets = completeSets(vendor, credentials);
  if (sets.length > 1) {
    const names = sets.map((set) => set.join(" with ")).join(" and ");
    return `${label}: ${names} are both set; keep one of them.`;
  }
  const set = nearestSet(vendor, credentials);
  const variables = set.map((field) => vendor.environment[field]);
  const orEnvironment =
    account === undefined ? ` Or set in the environment: ${variables.join(" and ")}.` : "";
  return `${label}: no credentials. Run: ${setCommand(vendor, account, set)}${orEnvironment}`;
}

/** The set of which most is there; of several the first. */
function nearestSet({ alternatives }: Vendor, credentials: Credentials): string[] {
  const there = (set: string[]): number => set.filter((field) => credentials[field]).length;
  return alternatives.reduce((best, set) => (there(set) > there(best) ? set : best), alternatives[0] ?? []);
}

/** The commands that set the credentials of an account: those of `set`, by default the first choice. */
export function setCommand(
  vendor: Vendor,
  account: string | undefined,
  set = vendor.alternatives[0] ?? [],
): string {
  const prefix = account === undefined ? "" : `accounts.${account}.`;
  return set
    .map(
      (field) => `pulumi config set --secret --path 'streamkeys:${vendor.name}.${prefix}${field}' <${field}>`,
    )
    .join(" && ");
}

/** Whether an address is of this machine itself. */
export function isLoopback({ hostname }: URL): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}

function checkedBaseUrl(baseUrl: string, label: string): string {
  if (!URL.canParse(baseUrl))
    throw new ConfigError(`${label}: the base URL is not a URL. Example: https://host/v1`);
  const url = new URL(baseUrl);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) {
    throw new ConfigError(
      `${label}: the base URL ${url.origin} is refused, because stream keys would cross the network in clear. ` +
        "Use https, or a loopback address for the sandbox.",
    );
  }
  if (url.username || url.password) {
    throw new ConfigError(
      `${label}: the base URL must not hold a user or password. Set the credentials instead.`,
    );
  }
  return baseUrl.replace(/\/+$/, "");
}

function credentialsOf(vendor: Vendor, config: AccountConfig): Credentials {
  const fields = Object.keys(vendor.credentials).map((field) => [field, config[field]?.toString()]);
  return Object.fromEntries(fields) as Credentials;
}

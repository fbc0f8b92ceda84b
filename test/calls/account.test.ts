import { type Account, resolveAccount, type Settings } from "../../provider/calls/account";
import type * as Seals from "../../provider/calls/seal";
import { seal, unseal } from "../../provider/calls/seal";
import { aioz } from "../../provider/vendors/aioz";

const settings = (config: object | undefined, environment: Settings["environment"] = {}): Settings => ({
  config: () => config && JSON.stringify(config),
  environment,
});
const pair = { publicKey: "public", secretKey: "secret" };
const inEnvironment = { AIOZ_PUBLIC_KEY: "public", AIOZ_SECRET_KEY: "secret" };

describe("an account", () => {
  it("is read once, and again when a setting of it is another", () => {
    const account = resolveAccount(aioz, undefined, settings(pair));
    expect(resolveAccount(aioz, undefined, settings({ ...pair }))).toBe(account);
    const others: [Settings, Partial<Account>][] = [
      [settings({ ...pair, retries: 1 }), { retries: 1 }],
      [settings(undefined, inEnvironment), { retries: 4, credentials: account.credentials }],
      [settings(pair, { AIOZ_BASE_URL: "https://proxy/v1" }), { baseUrl: "https://proxy/v1" }],
      [settings(pair), { retries: 4, baseUrl: account.baseUrl }],
    ];
    for (const [other, expected] of others)
      expect(resolveAccount(aioz, undefined, other)).toMatchObject(expected);
  });

  it("is refused again after it was found, once its credentials are gone", () => {
    resolveAccount(aioz, undefined, settings(undefined, inEnvironment));
    expect(() => resolveAccount(aioz, undefined, settings(undefined))).toThrow(/no credentials/);
  });
});

describe("what is sealed", () => {
  const account = resolveAccount(aioz, undefined, settings(pair));
  const inAnotherProcess = { ...account };

  it("is read by another process", () => {
    const sealed = seal(account, { name: "news" });
    jest.isolateModules(() => {
      const another = jest.requireActual<typeof Seals>("../../provider/calls/seal");
      expect(another.seal(account, 1).slice(0, 16)).not.toBe(sealed.slice(0, 16));
      expect(another.unseal(inAnotherProcess, sealed)).toEqual({ name: "news" });
    });
  });

  it("is read by whoever holds the credentials, and by nobody else", () => {
    const sealed = seal(account, { name: "news" });
    expect(unseal(inAnotherProcess, sealed)).toEqual({ name: "news" });
    const other = resolveAccount(aioz, undefined, settings({ ...pair, secretKey: "another" }));
    expect(unseal(other, sealed)).toBeUndefined();
    expect(unseal(account, `${sealed.slice(0, -8)}AAAAAAA=`)).toBeUndefined();
  });

  it("is another text each time", () => {
    const texts = [account, account, inAnotherProcess].map((by) => seal(by, { name: "news" }));
    expect(new Set(texts).size).toBe(3);
    for (const text of texts) expect(unseal(account, text)).toEqual({ name: "news" });
  });
});

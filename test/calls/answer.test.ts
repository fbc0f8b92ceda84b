import { answerError } from "../../provider/calls/answer";
import type { Account } from "../../provider/calls/account";
import { rememberSecret } from "../../provider/calls/redact";
import { vendors } from "../../provider/vendors";

/** What the words of an error take from an answer. */

const SECRET = "s3cr3t/key+that=nobody&sees";

it.each(vendors.map((vendor) => [vendor.name, vendor] as const))(
  "%s: a request id is told, and no secret with it",
  (_, vendor) => {
    rememberSecret(SECRET);
    const account = { vendor, label: vendor.title } as Account;
    const said = (id: string, body: string): string => {
      const headers = { "x-request-id": id, "content-type": "application/json" };
      return answerError("GET /", { status: 500, headers, body }, account).message;
    };
    expect(said("req-7", "{}")).toContain("req-7");
    const echoed = said(
      `req ${encodeURIComponent(SECRET)}`,
      JSON.stringify({ message: SECRET, error: SECRET }),
    );
    expect(echoed).not.toContain(SECRET);
    expect(echoed).not.toContain(encodeURIComponent(SECRET));
    expect(echoed).toContain("req ");
  },
);

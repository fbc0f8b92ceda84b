import { z } from "zod";
import { secret, text } from "../../define";
import { path } from "../../define/api";
import type { Vendor } from "../../define/vendor";
import { instances } from "./api";
import { globalKey } from "./global-key";
import { instance } from "./instance";
import { streamKey } from "./stream-key";

const errorBody = z.looseObject({ Message: z.string() });

/** Edgecast DCP, of Verizon Digital Media and lately Edgio (docs/sheets/edgecast.md). */
export const edgecast: Vendor = {
  name: "edgecast",
  title: "Edgecast DCP",
  about:
    "Edgecast (later Verizon Digital Media, then Edgio) takes live streams with Dynamic Cloud Packaging, DCP. An encoder " +
    "publishes to a path, `instance/stream`, with the path's stream key or, where it has none, the account's global key.\n\n" +
    "**The end of the service was announced for 15 January 2025**, by the banner on Edgio's own documentation. Whether " +
    "the API still answers was not checked. This part of the package is for accounts that live on, for successors that " +
    "speak the same API (set `baseUrl`), and for moving away; it is tested against a simulator only.\n\n" +
    "What holds for all three resources: Edgecast cannot say whether a broadcast is running, so there is no live guard " +
    "and no `interruptLive`. A change may need up to an hour to take effect. Whether it cuts a session that is already " +
    "publishing is not documented.",
  baseUrl: "https://api.edgecast.com/v2/mcc/customers",
  credentials: {
    // As a number, YAML would read 0042 as 34, and send the calls to somebody else's account.
    accountNumber: z
      .string('must be a string: put it in quotes, for example "0001"')
      .describe(
        "Account number, as the Media Control Center shows it. A string, such as `0001` or `C45E`: keep its zeros.",
      ),
    token: secret(
      text(
        "REST API token of a user, primary or backup. Needs the rights to GET, POST, PUT and DELETE. Sent as `TOK:<token>`.",
      ),
    ),
  },
  environment: { accountNumber: "EDGECAST_ACCOUNT_NUMBER", token: "EDGECAST_TOKEN" },
  alternatives: [["accountNumber", "token"]],
  sign: (_, { token = "" }) => ({ authorization: `TOK:${token}` }),
  accountPath: ({ accountNumber = "" }) => path`/${accountNumber}`.encoded,
  // Edgecast has no not-found of its own: an unknown id answers `200 {}` or 400, and so does a wrong account number
  // (section 5). The resources look for absence from a list instead.
  isGone: () => false,
  words: (body) => errorBody.safeParse(body).data?.Message,
  probe: (api) => api.get(instances.path, z.array(z.unknown())),
  resources: [instance, streamKey, globalKey],
};

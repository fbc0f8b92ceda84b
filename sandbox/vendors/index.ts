import { simulator as aioz } from "./aioz";
import { simulator as apivideo } from "./apivideo";
import { simulator as comprimato } from "./comprimato";
import { simulator as cloudflare } from "./cloudflare";
import { simulator as ivs } from "./ivs";
import { simulator as livepeer } from "./livepeer";
import { simulator as mux } from "./mux";
import { simulator as uiza } from "./uiza";
import { simulator as tenbyte } from "./tenbyte";
import { simulator as edgecast } from "./edgecast";
import type { Simulator } from "../simulator";

/** The simulators, a line each, by the vendor's name. */
export const simulators: Record<string, Simulator> = {
  tenbyte,
  aioz,
  comprimato,
  uiza,
  edgecast,
  mux,
  cloudflare,
  ivs,
  apivideo,
  livepeer,
};

import { simulator as aioz } from "../vendors/aioz/simulator";
import { simulator as comprimato } from "../vendors/comprimato/simulator";
import { simulator as uiza } from "../vendors/uiza/simulator";
import { simulator as tenbyte } from "../vendors/tenbyte/simulator";
import { simulator as edgecast } from "../vendors/edgecast/simulator";
import type { Simulator } from "./simulator";

/** The simulators, a line each, by the vendor's name. */
export const simulators: Record<string, Simulator> = { tenbyte, aioz, comprimato, uiza, edgecast };

import { simulator as tenbyte } from "../vendors/tenbyte/simulator";
import type { Simulator } from "./simulator";

/** The simulators, a line each, by the vendor's name. */
export const simulators: Record<string, Simulator> = { tenbyte };

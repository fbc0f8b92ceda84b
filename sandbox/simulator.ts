import type { Hono } from "hono";
import type { z } from "zod";
import type { SimulatorData } from "./data";

export type { SimulatorData } from "./data";

/**
 * What a simulator is. Each is written from the vendor's documents (docs/sheets/README.md), never from our client, so
 * that the two can disagree; it imports nothing from the definition it stands against.
 */

/** What a simulator is given. */
export interface SimulatorContext {
  data: SimulatorData;
  now(): Date;
}

/** One vendor's API, to be mounted below `/<vendor>`. */
export interface Simulator {
  /** The path of the API's base URL below the mount, for example `/v1/livestream`. */
  basePath: string;
  /** Credentials that the simulator accepts, by the names of the vendor's config fields. */
  credentials: Record<string, string>;
  /** What the data must look like for the simulator to work with it, when it comes from a file or from a user. */
  stored?: z.ZodType;
  /** The HTTP method that a request stands for, where the vendor takes reads, changes and deletes all by POST. */
  meaning?(method: string, path: string): string;
  app(context: SimulatorContext): Hono;
  /** Starts or ends a broadcast on an object, as an encoder would. Absent where the vendor cannot tell. */
  setLive?(data: SimulatorData, id: string, live: boolean): void;
  /** Deletes an object behind the provider's back. */
  remove(data: SimulatorData, id: string): void;
}

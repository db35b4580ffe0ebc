import type { Shares } from "./profile.ts";

/** Messages that are sent when the one before was taken. */
export const ONE_BY_ONE = 300;
/** Messages that are written at once. */
export const BURST = 500;

export interface Sending {
  /** One by one: of each message, from `send()` on until a service node took it. At once: of all together. */
  readonly timesMs: readonly number[];
  /** Of the whole process, helper threads with it, for each message. */
  readonly cpuMs: number;
  /** What took it; empty unless it was asked for. */
  readonly shares: Shares;
}

export interface SendFigures {
  readonly oneByOne: Sending;
  readonly atOnce: Sending;
}

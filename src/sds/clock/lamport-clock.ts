import { LAMPORT_LIMIT } from "../parameters/limits.ts";
import { LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import type { WireLamport } from "../wire/message.ts";

/**
 * The Lamport clock of a channel, in milliseconds: it follows real time, and is ahead of it only when others are. Both
 * functions take the clock's value (`local`, the highest Lamport timestamp given or merged) and return the new one.
 */

/** Timestamp for the next own message: real time, but always above everything given or merged before. */
export function tickLamport(local: number, now: number): number {
  //= protocol: TIME-1
  return Math.max(Math.floor(now), local + 1);
}

/** True when the timestamp is further ahead of real time than clocks may be: it waits, and never moves the clock. */
export function isAhead(lamport: number, now: number): boolean {
  return lamport > now + LAMPORT_EMBARGO_MS;
}

/** The clock after a content message with this timestamp was taken in. An embargoed one leaves it as it is. */
export function mergeLamport(local: number, lamport: number, now: number): number {
  //= protocol: TIME-2
  return isAhead(lamport, now) ? local : Math.max(local, lamport);
}

/** False for what cannot be kept exactly (2^53 and above): such a message is rejected. */
export function isExactLamport(lamport: WireLamport): lamport is number {
  //= protocol: TIME-4
  return typeof lamport === "number" && lamport >= 0 && lamport < LAMPORT_LIMIT && Number.isInteger(lamport);
}

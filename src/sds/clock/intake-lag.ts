import type { ClockAndBelow } from "./clock-state.ts";
import { ownClock } from "./own.ts";

/**
 * A device that takes in more slowly than the others speak is behind what was said. Whatever it misses may wait in its own
 * intake, with the answers to what others ask and with the receipts that it wants; so nobody should be asked, answered or
 * told again for what has only not been looked at.
 */

/** As long as a burst takes on a slow device, and short beside the seconds that acks take. */
const LAGGING_MS = 1_000;

/** Of this step. */
export function noteIntakeLag(state: ClockAndBelow, lagMs: number): void {
  ownClock(state).intakeLagMs = Math.max(0, lagMs);
}

/** Wall time up to which all that was pushed to this device has been taken in. */
export function takenInUpTo({ clock }: ClockAndBelow, now: number): number {
  return now - clock.intakeLagMs;
}

/** The intake is so far behind that what is said now rests on an old view, and makes others slower as well. */
export function isLagging({ clock }: ClockAndBelow): boolean {
  return clock.intakeLagMs >= LAGGING_MS;
}

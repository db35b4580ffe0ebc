import type { Clock } from "../../runtime/port.ts";
import { LAMPORT_EMBARGO_MS } from "../../sds/parameters/parameters.ts";
import { CLOCK_TOLERANCE_MS, createOthersClocks, type HeardSync, type OthersClocks } from "./others-clocks.ts";

/** A suggestion that changes by less than this is the same one, measured again. */
const SAME_MS = 5_000;

/**
 * The clock that a channel goes by: the device's, with what a person had added to it. It never moves by itself. What others'
 * clocks show is only a question to the person.
 */
export interface ChannelClock extends Clock {
  /** What is added to the device's clock, in milliseconds. */
  correctionMs(): number;
  /** What would have to be added instead to go with the others; null when there is nothing to ask. */
  suggestedMs(): number | null;
  /**
   * The person's answer. What the others show other than that is not asked again, until they show something else or the
   * channel is opened anew.
   */
  correct(correctionMs: number): void;
  /** A verified sync that was pushed to us. */
  hear(sync: HeardSync): void;
  readonly said: OthersClocks["said"];
  readonly notice: OthersClocks["notice"];
}

/** A "no" holds for whatever is about as far off: who could move the question by seconds could ask all day. */
function sameAfterNo(declinedMs: number): number {
  return Math.max(LAMPORT_EMBARGO_MS, Math.abs(declinedMs) / 2);
}

export function createChannelClock(device: Clock, correctedByMs: number): ChannelClock {
  const others = createOthersClocks(device);
  let correctionMs = correctedByMs;
  let suggested: number | null = null;
  let declined: number | null = null;

  function wanted(): number | null {
    const differenceMs = others.differenceMs(correctionMs);
    if (differenceMs === 0) return null;
    const sum = Math.round(correctionMs + differenceMs);
    return Math.abs(sum) <= CLOCK_TOLERANCE_MS ? 0 : sum;
  }

  return {
    now: () => device.now() + correctionMs,
    schedule: (ms, callback) => device.schedule(ms, callback),
    correctionMs: () => correctionMs,
    suggestedMs: () => {
      const next = wanted();
      if (next === null || suggested === null || Math.abs(next - suggested) >= SAME_MS) suggested = next;
      const isDeclined = next !== null && declined !== null && Math.abs(next - declined) <= sameAfterNo(declined);
      return isDeclined ? null : suggested;
    },
    //= protocol: WALL-6
    correct: (nextMs) => {
      correctionMs = nextMs;
      declined = wanted();
    },
    hear: others.hear,
    said: others.said,
    notice: others.notice,
  };
}

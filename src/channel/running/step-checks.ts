import type { ChannelState } from "../../sds/channel-state.ts";
import { checkRows, watchState } from "../../sds/checks/watch-state.ts";
import type { Effect } from "../../sds/io/effect.ts";

/** With fewer steps in between the looks would be seen in the time that a message takes; with more a mistake does more. */
const EVERY_STEPS = 32;
/** A quiet channel wakes this often: each check has its turn within half an hour. */
const EVERY_MS = 60_000;
/** One look costs microseconds, however much is held. */
const ITEMS_A_LOOK = 64;

/** Looks now and then whether the state of a running channel contradicts itself. */
export interface StepChecks {
  /** After a step, and before anything of it is written. Throws, with the name of the check, when something is wrong. */
  after(effects: readonly Effect[], seqBefore: number, now: number): void;
}

export function createStepChecks(state: ChannelState): StepChecks {
  const watch = watchState(state);
  let steps = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;

  return {
    after: (effects, seqBefore, now) => {
      steps++;
      // A clock that was set back begins the minute anew.
      if (steps < EVERY_STEPS && now >= lookedAt && now - lookedAt < EVERY_MS) return;
      steps = 0;
      lookedAt = now;
      const finding = checkRows(state, effects, seqBefore) ?? watch.next(now, ITEMS_A_LOOK);
      if (finding !== null) throw new Error(`It does not hold any more: ${finding}.`);
    },
  };
}

import { ownMissing } from "../../src/sds/holes/own.ts";
import { ownItem } from "../../src/sds/outbox/own.ts";
import { ownRepair } from "../../src/sds/repair/own.ts";
import { ownSync } from "../../src/sds/sync/own.ts";
import type { Mutation } from "../core/members/mutation.ts";

const LATER_MS = 10 * 60_000;

/** A plan that is spoilt after each step, so that the wakes are right for what is planned, and the plan is wrong. */
function spoilt(name: string, defect: string, afterStep: NonNullable<Mutation["afterStep"]>): Mutation {
  return { name, defect, afterStep };
}

export const SPOILT_PLANS: readonly Mutation[] = [
  spoilt("never-acks", "what was delivered is not acked", ({ state }) => {
    ownSync(state).ackAt = null;
  }),
  spoilt("never-repeats-claims", "claims are said once", ({ state }) => {
    ownSync(state).repeatAt = [];
  }),
  spoilt("no-hello", "nobody says who is there when the connection is back", ({ state }) => {
    ownSync(state).helloAt = null;
  }),
  spoilt("never-idle", "nobody says anything as long as nothing happens", ({ state }) => {
    const { trickle } = ownSync(state);
    if (trickle !== null) trickle.speakAt = null;
  }),
  spoilt("no-checkpoints", "what a Store should keep for those who come later is not said", ({ state }) => {
    ownSync(state).newClaims = false;
  }),
  spoilt("one-try-of-a-checkpoint", "a checkpoint that no Store kept is not said again", ({ state }) => {
    ownSync(state).checkpointRetryAt = null;
  }),
  spoilt("no-wishes", "receipts are not asked for", ({ state }) => {
    ownSync(state).wantReceiptsAt = null;
  }),
  spoilt("late-answers", "a request is answered ten minutes later", ({ state }) => {
    const { answers } = ownRepair(state);
    for (const [id, answer] of answers) {
      if (answer.at < state.clock.lastNow + LATER_MS / 2) answers.set(id, { ...answer, at: answer.at + LATER_MS });
    }
  }),
  spoilt("late-requests", "the others are first asked for what is missing ten minutes later", ({ state }) => {
    for (const missing of state.holes.missing.values()) {
      if (missing.requests === 0) ownMissing(missing).requestAt = missing.since + LATER_MS;
    }
  }),
  spoilt("hasty-requests", "each sync asks for all that is missing", ({ state }) => {
    for (const missing of state.holes.missing.values()) ownMissing(missing).requestAt = state.clock.lastNow;
  }),
  spoilt("late-fetches", "a Store is asked ten minutes later", ({ state }) => {
    for (const missing of state.holes.missing.values()) {
      if (missing.asks === 0) ownMissing(missing).askAt = missing.since + LATER_MS;
    }
  }),
  spoilt("late-resends", "what nobody confirmed is sent again ten minutes later", ({ state }) => {
    for (const item of state.outbox.open) {
      const { nextAttemptAt, attempts } = item;
      const isSoon = nextAttemptAt !== null && nextAttemptAt < state.clock.lastNow + LATER_MS / 2;
      if (attempts > 0 && isSoon) ownItem(item).nextAttemptAt = nextAttemptAt + LATER_MS;
    }
  }),
  spoilt("hasty-resends", "what nobody confirmed is sent again at once", ({ state }) => {
    for (const item of state.outbox.open) {
      if (item.nextAttemptAt !== null) ownItem(item).nextAttemptAt = Math.min(item.nextAttemptAt, state.clock.lastNow);
    }
  }),
];

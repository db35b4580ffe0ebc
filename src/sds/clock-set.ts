import { keepBudgetInPast, moveBudget } from "./budget/budget.ts";
import type { ChannelContext } from "./channel-state.ts";
import { leaveOutPause, moveConnection, noteStepTime } from "./clock/connected-time.ts";
import { noteCorrection } from "./clock/correction.ts";
import { noteIntakeLag } from "./clock/intake-lag.ts";
import { moveAsking } from "./holes/holes.ts";
import { moveAttempts } from "./outbox/outbox.ts";
import { LONGEST_PAUSE_MS } from "./parameters/parameters.ts";
import { moveEmbargoed } from "./receive/embargo.ts";
import { dropAnswers, moveAnswers } from "./repair/repair.ts";
import { movePlannedSyncs } from "./sync/sync.ts";

/** Smaller steps backwards are the wobble of clocks: all plans lie that much later, and that harms nobody. */
const JUMP_MS = 1_000;

/**
 * Plans are wall times. When the clock is set back, they would all lie that much further ahead: an hour of silence for a
 * clock that was an hour fast. So they move with it, and connected time goes on from where it was. A clock that is set
 * forward looks like a device that slept: everything is due, which is right after a sleep and harmless otherwise, and
 * the pause counts as connected only as far as the channel might have been awake.
 */
export function noticeClock(ctx: ChannelContext): void {
  const { state, env } = ctx;
  const jump = env.now - state.clock.lastNow;
  //= protocol: TIME-6
  if (jump < -JUMP_MS) movePlans(ctx, jump);
  //= protocol: TIME-10
  if (jump > LONGEST_PAUSE_MS) {
    leaveOutPause(state, jump - LONGEST_PAUSE_MS);
    dropAnswers(state);
  }
  keepBudgetInPast(state, env.now);
  noteStepTime(state, env.now);
  noteIntakeLag(state, env.intakeLagMs ?? 0);
}

/**
 * A person corrected the clock, and `now` is by the new one already. On disk before they are told: a start that forgot it
 * would go back to a clock that they said is wrong.
 */
export function clockCorrected(ctx: ChannelContext, correctionMs: number): void {
  const { state } = ctx;
  const byMs = noteCorrection(ctx, correctionMs);
  //= protocol: TIME-6
  movePlans(ctx, byMs);
  noteStepTime(state, state.clock.lastNow + byMs);
  noticeClock(ctx);
}

/** Every room that plans by wall time moves its plans. */
function movePlans(ctx: ChannelContext, byMs: number): void {
  const { state } = ctx;
  moveConnection(state, byMs);
  moveBudget(state, byMs);
  moveAttempts(state, byMs);
  moveAsking(ctx, byMs);
  moveEmbargoed(state, byMs);
  moveAnswers(state, byMs);
  movePlannedSyncs(state, byMs);
}

import type { ChannelState, StepContext } from "./channel-state.ts";
import { saveHole } from "./holes/holes.ts";
import type { MissingMessage } from "./holes/missing-message.ts";
import { planAsking } from "./holes/missing-schedule.ts";
import { LONGEST_PAUSE_MS } from "./parameters/parameters.ts";
import { dropAnswers } from "./repair/repair.ts";

/** Smaller steps backwards are the wobble of clocks, and harm nobody. */
const JUMP_MS = 1_000;

/**
 * Plans are wall times. When the clock is set back, they would all lie that much further ahead: an hour of silence for a
 * clock that was an hour fast. So they move with it, and connected time goes on from where it was. A clock that is set
 * forward looks like a device that slept: everything is due, which is right after a sleep and harmless otherwise, and
 * the pause counts as connected only as far as the channel might have been awake.
 */
export function noticeClock(ctx: StepContext): void {
  const { state, env } = ctx;
  const jump = env.now - state.lastNow;
  if (jump < -JUMP_MS) movePlans(ctx, jump);
  if (jump > LONGEST_PAUSE_MS) {
    state.connection.since += jump - LONGEST_PAUSE_MS;
    dropAnswers(state);
  }
  state.budget.at = Math.min(state.budget.at, env.now);
  state.lastNow = env.now;
}

/** The clock was corrected by so much, and `now` is by the new one already. */
export function clockCorrected(ctx: StepContext, byMs: number): void {
  movePlans(ctx, byMs);
  ctx.state.lastNow += byMs;
  noticeClock(ctx);
}

function movePlans(ctx: StepContext, byMs: number): void {
  const { state } = ctx;
  const { connection, sync, budget } = state;
  connection.since += byMs;
  budget.at += byMs;
  for (const item of state.open) if (item.nextAttemptAt !== null) item.nextAttemptAt += byMs;
  for (const missing of state.missing.values()) moveMissing(ctx, missing, byMs);
  moveEmbargoed(state, byMs);
  for (const answer of state.answers.values()) answer.at += byMs;
  sync.ackAt = moved(sync.ackAt, byMs);
  sync.lastAckAt += byMs;
  sync.repeatAt = sync.repeatAt.map((at) => at + byMs);
  sync.helloAt = moved(sync.helloAt, byMs);
  sync.lastCheckpointAt += byMs;
  sync.checkpointRetryAt = moved(sync.checkpointRetryAt, byMs);
  sync.eagerUntil += byMs;
  sync.eagerNextAt += byMs;
  sync.wantReceiptsAt = moved(sync.wantReceiptsAt, byMs);
  if (sync.trickle === null) return;
  sync.trickle.intervalEnd += byMs;
  sync.trickle.speakAt = moved(sync.trickle.speakAt, byMs);
}

/** It was missed by the clock that was wrong: by the new one it might look as if it had been asked for all day. */
function moveMissing(ctx: StepContext, missing: MissingMessage, byMs: number): void {
  missing.askAt += byMs;
  missing.requestAt += byMs;
  missing.since += byMs;
  planAsking(ctx.state, missing);
  if (missing.state !== null) saveHole(ctx, missing, missing.state);
}

/** The Store goes by its own clock. Read again too much does no harm, so nothing is moved towards now. */
function moveEmbargoed({ embargoed }: ChannelState, byMs: number): void {
  if (byMs >= 0) return;
  for (const [id, message] of embargoed) embargoed.set(id, { ...message, storedSince: message.storedSince + byMs });
}

function moved(at: number | null, byMs: number): number | null {
  return at === null ? null : at + byMs;
}

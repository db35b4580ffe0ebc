import type { ChannelContext, ChannelState } from "./channel-state.ts";
import { wallTimeOf } from "./clock/connected-time.ts";
import { nextSaveAt } from "./clock/save-connected-time.ts";
import { composeStaleAnew } from "./compose/compose-anew.ts";
import { continueWalks } from "./evidence/evidence.ts";
import { fetchMissing } from "./holes/holes.ts";
import { nextFetchAt } from "./holes/missing-schedule.ts";
import { nextAheadAt } from "./log/ahead.ts";
import { nextOutboxAt, sendDue } from "./outbox/outbox.ts";
import { WAKE_EVERY_MS } from "./parameters/parameters.ts";
import { deliverPastLost } from "./receive/causal-delivery.ts";
import { nextReleaseAt, releaseEmbargoed } from "./receive/embargo.ts";
import { receiveContent } from "./receive/receive-content.ts";
import { answerDue, nextAnswerAt } from "./repair/repair.ts";
import { nextSyncAt, syncDue } from "./sync/sync.ts";

/** Something that the channel does when its time comes. */
interface Schedule {
  readonly name: string;
  /** Wall time at which it wants to run; Infinity when nothing is planned. */
  readonly nextAt: (state: ChannelState, now: number) => number;
  /** Does what is due. Null: every step does it anyway, at its beginning or end (`step.ts`). */
  readonly run: ((ctx: ChannelContext) => void) | null;
}

/** All of them, in the order in which they run: what comes to be known first may still leave with what is said last. */
export const SCHEDULES: readonly Schedule[] = [
  { name: "ahead", nextAt: nextAheadAt, run: null },
  {
    name: "walks",
    nextAt: ({ evidence }, now) => (evidence.unfinished.size > 0 ? now : Number.POSITIVE_INFINITY),
    //= protocol: LIMIT-11
    run: continueWalks,
  },
  { name: "embargo", nextAt: nextReleaseAt, run: (ctx) => releaseEmbargoed(ctx, receiveContent) },
  {
    name: "lost",
    nextAt: (state, now) => wallTimeOf(state, now, state.log.buffered.nextDeadline()),
    run: deliverPastLost,
  },
  { name: "fetches", nextAt: nextFetchAt, run: fetchMissing },
  {
    name: "outbox",
    nextAt: nextOutboxAt,
    run: (ctx) => {
      composeStaleAnew(ctx);
      sendDue(ctx);
    },
  },
  { name: "answers", nextAt: nextAnswerAt, run: answerDue },
  { name: "syncs", nextAt: nextSyncAt, run: syncDue },
  { name: "connected time", nextAt: nextSaveAt, run: null },
];

export function runSchedules(ctx: ChannelContext): void {
  for (const { run } of SCHEDULES) run?.(ctx);
}

/** Wall time at which the channel wants a `wake`; Infinity when nothing is planned. */
export function nextWakeAt(state: ChannelState, now: number, schedules = SCHEDULES): number {
  // Longer pauses than this tell of a sleep, which is no connected time.
  //= protocol: TIME-10
  let next = state.clock.connection.online ? state.clock.lastNow + WAKE_EVERY_MS : Number.POSITIVE_INFINITY;
  for (const { nextAt } of schedules) next = Math.min(next, nextAt(state, now));
  return next;
}

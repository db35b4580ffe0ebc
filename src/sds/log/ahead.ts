import type { ChannelState, StepContext } from "../channel-state.ts";
import { isEmbargoed } from "../clock/lamport-clock.ts";
import { LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import { trueParents } from "./heads.ts";
import type { LogEntry } from "./log-entry.ts";

const NONE: ReadonlySet<LogEntry> = new Set();

/**
 * A clock that ran ahead and was set right leaves messages in the log whose timestamps are further ahead than clocks may
 * be. To everybody else they are embargoed, so here they are neither heads nor parents and are not claimed, until time
 * catches up; and the Lamport clock falls to the highest timestamp within the limit, or whatever is said next would be
 * embargoed as well.
 */
export function settleAhead(ctx: StepContext): void {
  const { state, env } = ctx;
  // Whether or not anything was written meanwhile: syncs were said.
  resetSyncClock(ctx);
  for (const entry of state.ahead) if (!isEmbargoed(entry.lamport, env.now)) takeBack(ctx, entry);
  const last = state.log.last();
  const noticed = last === undefined || state.ahead.has(last) || !isEmbargoed(last.lamport, env.now);
  if (noticed && !isEmbargoed(state.lamport, env.now)) return;
  let highest = 0;
  for (const entry of state.log.before()) {
    if (!isEmbargoed(entry.lamport, env.now)) {
      highest = entry.lamport;
      break;
    }
    if (!state.ahead.has(entry)) setAhead(state, entry);
  }
  if (!isEmbargoed(state.lamport, env.now)) return;
  state.lamport = highest;
  ctx.changes.push({ op: "meta", key: "lamport", value: state.lamport });
}

/** When the first of them may take its place. */
export function nextAheadAt(state: ChannelState): number {
  let next = Number.POSITIVE_INFINITY;
  for (const entry of state.ahead) next = Math.min(next, entry.lamport - LAMPORT_EMBARGO_MS);
  return next;
}

/** Takes a delivered entry out of the heads and out of its parents' way. */
export function setAhead(state: ChannelState, entry: LogEntry): void {
  state.ahead.add(entry);
  state.heads.delete(entry);
  for (const parent of trueParents(state, entry)) {
    parent.deliveredChildren--;
    if (parent.deliveredChildren === 0 && parent.status === "delivered" && !state.ahead.has(parent))
      state.heads.add(parent);
  }
  if (state.lastOwn === entry) state.lastOwn = newestOwn(state);
}

function takeBack({ state, changes }: StepContext, entry: LogEntry): void {
  state.ahead.delete(entry);
  if (entry.lamport > state.lamport) {
    state.lamport = entry.lamport;
    changes.push({ op: "meta", key: "lamport", value: state.lamport });
  }
  if (entry.deliveredChildren === 0) state.heads.add(entry);
  for (const parent of trueParents(state, entry)) {
    parent.deliveredChildren++;
    state.heads.delete(parent);
  }
  if (entry.mine && (state.lastOwn === null || state.lastOwn.lamport < entry.lamport)) state.lastOwn = entry;
}

/** The last own message that is not ahead, and not one of `without`. */
export function newestOwn(state: ChannelState, without: ReadonlySet<LogEntry> = NONE): LogEntry | null {
  for (const entry of state.log.before()) {
    if (entry.mine && !state.ahead.has(entry) && !without.has(entry)) return entry;
  }
  return null;
}

/**
 * Others count syncs from beyond the limit apart, so a lower timestamp is newer to them than any that they acted on. Not
 * if the clock crept ahead: what was said just within the limit makes them ignore us until time catches up with it, ten
 * minutes at most; to stay beyond the limit would be no better.
 */
function resetSyncClock({ state, env, changes }: StepContext): void {
  const { sync } = state;
  if (!isEmbargoed(sync.lastSyncLamport, env.now)) return;
  sync.lastSyncLamport = Math.floor(env.now);
  changes.push({ op: "meta", key: "lamportReserved", value: sync.lastSyncLamport + 1 });
}

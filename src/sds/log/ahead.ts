import { isAhead } from "../clock/lamport-clock.ts";
import { lowerLamport, reachLamport } from "../clock/lamport-state.ts";
import { LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import { coverParents, uncoverParents } from "./heads.ts";
import type { LogEntry } from "./log-entry.ts";
import type { LogAndBelow, LogContext } from "./log-state.ts";
import { ownLog } from "./own.ts";

const NONE: ReadonlySet<LogEntry> = new Set();

/**
 * A clock that ran ahead and was set right leaves messages in the log whose timestamps are further ahead than clocks may
 * be. To everybody else they are embargoed, so here they are neither heads nor parents and are not claimed, until time
 * catches up; and the Lamport clock falls to the highest timestamp within the limit, or whatever is said next would be
 * embargoed as well.
 */
export function settleAhead(ctx: LogContext): void {
  const { state, env } = ctx;
  for (const entry of state.log.ahead) if (!isAhead(entry.lamport, env.now)) takeBack(ctx, entry);
  const last = state.log.order.last();
  const noticed = last === undefined || state.log.ahead.has(last) || !isAhead(last.lamport, env.now);
  if (noticed && !isAhead(state.clock.lamport, env.now)) return;
  let highest = 0;
  for (const entry of state.log.order.before()) {
    if (!isAhead(entry.lamport, env.now)) {
      highest = entry.lamport;
      break;
    }
    if (!state.log.ahead.has(entry)) setAhead(state, entry);
  }
  //= protocol: TIME-8
  lowerLamport(ctx, highest);
}

/** When the first of them may take its place. */
export function nextAheadAt(state: LogAndBelow): number {
  let next = Number.POSITIVE_INFINITY;
  for (const entry of state.log.ahead) next = Math.min(next, entry.lamport - LAMPORT_EMBARGO_MS);
  return next;
}

/** Takes a delivered entry out of the heads and out of its parents' way. */
export function setAhead(state: LogAndBelow, entry: LogEntry): void {
  const own = ownLog(state);
  //= protocol: TIME-7
  own.ahead.add(entry);
  uncoverParents(state, entry);
  if (own.lastOwn === entry) own.lastOwn = newestOwn(state);
}

function takeBack(ctx: LogContext, entry: LogEntry): void {
  const own = ownLog(ctx.state);
  own.ahead.delete(entry);
  reachLamport(ctx, entry.lamport);
  coverParents(ctx.state, entry);
  if (entry.mine && (own.lastOwn === null || own.lastOwn.lamport < entry.lamport)) own.lastOwn = entry;
}

/** The last own message that is not ahead, and not one of `without`. */
export function newestOwn(state: LogAndBelow, without: ReadonlySet<LogEntry> = NONE): LogEntry | null {
  for (const entry of state.log.order.before()) {
    //= protocol: COMPOSE-4
    if (entry.mine && !state.log.ahead.has(entry) && !without.has(entry)) return entry;
  }
  return null;
}

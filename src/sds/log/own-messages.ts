import { newestOwn } from "./ahead.ts";
import { uncoverParents } from "./heads.ts";
import type { LogEntry } from "./log-entry.ts";
import type { LogAndBelow, LogContext } from "./log-state.ts";
import { ownEntry, ownLog } from "./own.ts";

/** What this device wrote, as entries of the log. */

/** The next own message builds on it. */
export function noteLastOwn(state: LogAndBelow, entry: LogEntry): void {
  ownLog(state).lastOwn = entry;
}

/** A sequence number is taken, by this device now or before it forgot that. */
export function takeAuthorSeq(ctx: LogContext, authorSeq: number | null): void {
  const own = ownLog(ctx.state);
  //= protocol: ID-3
  own.authorSeq = Math.max(own.authorSeq, authorSeq ?? 0);
  ctx.changes.push({ op: "meta", key: "authorSeq", value: own.authorSeq });
}

/** The share of the audience that its author asked for, from now on kept with the message. */
export function noteLevel(entry: LogEntry, levelPercent: number): void {
  ownEntry(entry).levelPercent = levelPercent;
}

/** Its author deleted it on this device, after it may have left. */
export function noteRemoved(state: LogAndBelow, entry: LogEntry): void {
  ownEntry(entry).removed = true;
  ownLog(state).removed.add(entry);
}

/** As if it had never been. Nobody else knows of it, and no own message that stays is built on it. */
export function takeOutOfLog(state: LogAndBelow, entry: LogEntry): void {
  const own = ownLog(state);
  if (!own.ahead.has(entry)) uncoverParents(state, entry);
  own.order.remove(entry);
  own.entries.delete(entry.id);
  own.heads.delete(entry);
  own.ahead.delete(entry);
  if (own.lastOwn === entry) own.lastOwn = newestOwn(state);
}

import type { StoredChannel } from "../io/records.ts";
import { countsAsUnread } from "../parameters/message-type.ts";
import type { MessageId } from "../wire/ids.ts";
import type { LogEntry } from "./log-entry.ts";
import type { LogAndBelow, LogContext } from "./log-state.ts";
import { ownLog } from "./own.ts";

/** A message was delivered. */
export function noteUnread(ctx: LogContext, entry: LogEntry): void {
  if (!counts(entry)) return;
  const { unread } = ownLog(ctx.state);
  if (entry.lamport > unread.lastReadLamport) unread.behind++;
  else ctx.changes.push({ op: "meta", key: "lateUnread", value: ++unread.late });
}

/** A delivered message was moved to an earlier place: nobody saw it there, if it was behind what was read to. */
export function noteMoved(ctx: LogContext, entry: LogEntry, from: number): void {
  const { unread } = ownLog(ctx.state);
  const { lastReadLamport } = unread;
  if (!counts(entry) || from <= lastReadLamport || entry.lamport > lastReadLamport) return;
  unread.behind--;
  ctx.changes.push({ op: "meta", key: "lateUnread", value: ++unread.late });
}

/** Somebody has seen everything up to this place. A place before the one that was read to last says nothing new. */
export function markRead(ctx: LogContext, lamport: number): void {
  const { unread } = ownLog(ctx.state);
  if (lamport < unread.lastReadLamport) return;
  unread.lastReadLamport = lamport;
  unread.behind = countBehind(ctx.state);
  ctx.changes.push({ op: "meta", key: "lastReadLamport", value: lamport });
  if (unread.late === 0) return;
  unread.late = 0;
  ctx.changes.push({ op: "meta", key: "lateUnread", value: 0 });
}

/** When the log is restored. */
export function restoreUnread(state: LogAndBelow, { meta }: Pick<StoredChannel, "meta">): void {
  const { unread } = ownLog(state);
  unread.lastReadLamport = meta.lastReadLamport ?? 0;
  unread.late = meta.lateUnread ?? 0;
  unread.behind = countBehind(state);
}

function countBehind({ log: { order, unread } }: LogAndBelow): number {
  return order.countAfter({ lamport: unread.lastReadLamport, id: LAST_ID }, counts);
}

/** Behind every id of its Lamport timestamp. */
const LAST_ID = "\uffff" as MessageId;

function counts({ mine, type }: LogEntry): boolean {
  return !mine && countsAsUnread(type);
}

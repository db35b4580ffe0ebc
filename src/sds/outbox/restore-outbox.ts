import type { Change, OutboxRecord } from "../io/records.ts";
import type { LogEntry } from "../log/log-entry.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { isOpen } from "./outbox-stage.ts";
import type { OutboxAndBelow, OutboxContext } from "./outbox-state.ts";
import { ownItem, ownOutbox } from "./own.ts";
import { dropOldest, settledLongAgo } from "./settled.ts";

/**
 * Storages keep them by id; they leave in the order in which they were accepted. An own message without a record was confirmed
 * long ago. Returns which records are too many.
 */
export function restoreOutbox(ctx: OutboxContext, records: readonly OutboxRecord[]): Change[] {
  const { state, env } = ctx;
  const byId = new Map(records.map((record) => [record.id, record]));
  const own = [...state.log.order].filter(({ mine }) => mine);
  for (const { id } of records) {
    const entry = state.log.entries.get(id);
    if (entry !== undefined && !(entry.mine && entry.status === "delivered")) own.push(entry);
  }
  own.sort((a, b) => (a.authorSeq ?? 0) - (b.authorSeq ?? 0));
  for (const entry of own) {
    const record = byId.get(entry.id);
    if (record === undefined) ownOutbox(state).items.set(entry.id, settledLongAgo(entry));
    else restoreItem(state, entry, record, env.now);
  }
  return dropOldest(ctx);
}

/** An attempt under way when we stopped may or may not have left, so it is made again: receivers drop duplicates. */
function restoreItem(state: OutboxAndBelow, entry: LogEntry, record: OutboxRecord, now: number): void {
  const item: OutboxEntry = {
    entry,
    requestId: record.requestId,
    levelPercent: record.levelPercent ?? null,
    stage: record.stage === "sending" ? "queued" : record.stage,
    attempts: record.attempts,
    inFlight: false,
    replaced: false,
    limited: false,
    asked: record.asked ?? false,
    taken: record.taken,
    aged: record.aged ?? false,
    acceptedAt: record.acceptedAt,
    firstAttemptAt: record.firstAttemptAt,
    firstAttemptConnectedMs: firstAttemptOf(state, record),
    nextAttemptAt: null,
    reason: record.reason,
  };
  const own = ownOutbox(state);
  if (isOpen(item)) {
    ownItem(item).nextAttemptAt = nextAttemptOf(state, record, now);
    own.open.add(item);
  }
  if (item.stage === "settled") own.settled.add(item);
  own.items.set(entry.id, item);
}

/** Connected time may have been written a little before it. */
function firstAttemptOf(state: OutboxAndBelow, record: OutboxRecord): number | null {
  const { accumulatedMs } = state.clock.connection;
  if (record.firstAttemptAt === null) return null;
  return Math.min(record.firstAttemptConnectedMs ?? accumulatedMs, accumulatedMs);
}

/** Not later than any pause between attempts: the clock may have been set back since it was planned. */
function nextAttemptOf(state: OutboxAndBelow, record: OutboxRecord, now: number): number | null {
  if (record.nextAttemptAt === null) return record.stage === "stored" ? null : 0;
  return Math.min(record.nextAttemptAt, now + state.identity.parameters.resendMaxMs);
}

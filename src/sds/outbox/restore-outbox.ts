import type { OutboxRecord } from "../io/records.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { isOpen } from "./outbox-stage.ts";
import type { OutboxAndBelow } from "./outbox-state.ts";
import { ownItem, ownOutbox } from "./own.ts";

/** Storages keep them by id; they leave in the order in which they were accepted. */
export function restoreOutbox(state: OutboxAndBelow, records: readonly OutboxRecord[], now: number): void {
  const inOrder = [...records].sort((a, b) => seqOf(state, a) - seqOf(state, b));
  for (const record of inOrder) restoreItem(state, record, now);
}

function seqOf(state: OutboxAndBelow, { id }: OutboxRecord): number {
  return state.log.entries.get(id)?.authorSeq ?? 0;
}

/** An attempt under way when we stopped may or may not have left, so it is made again: receivers drop duplicates. */
function restoreItem(state: OutboxAndBelow, record: OutboxRecord, now: number): void {
  const entry = state.log.entries.get(record.id);
  if (entry === undefined) return;
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

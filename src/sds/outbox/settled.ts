import type { Change } from "../io/records.ts";
import { noteLevel } from "../log/own-messages.ts";
import { saveMessage } from "../log/save-message.ts";
import { MAX_SETTLED_KEPT } from "../parameters/limits.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxAndBelow, OutboxContext } from "./outbox-state.ts";
import { ownOutbox } from "./own.ts";

/**
 * Somebody confirmed it. Its record is kept, so that the request it came from is known when it is asked again; but only of so
 * many, so the oldest goes.
 */
export function keepSettled(ctx: OutboxContext, item: OutboxEntry): void {
  ownOutbox(ctx.state).settled.add(item);
  ctx.changes.push(...dropOldest(ctx));
}

/** Whether the record of `item` is to be written: one that was dropped must not come back. */
export function isKept({ outbox }: OutboxAndBelow, item: OutboxEntry): boolean {
  return item.stage !== "settled" || outbox.settled.has(item);
}

/** Drops the records of those that are too many. What a message needs besides its own record goes into that first. */
export function dropOldest(ctx: OutboxContext): Change[] {
  const { settled } = ownOutbox(ctx.state);
  const dropped: Change[] = [];
  for (const item of settled) {
    if (settled.size <= MAX_SETTLED_KEPT) break;
    settled.delete(item);
    if (item.levelPercent !== null) {
      noteLevel(item.entry, item.levelPercent);
      const written = { ...ctx, changes: dropped };
      saveMessage(written, item.entry);
    }
    //= protocol: STATE-11
    dropped.push({ op: "delete", table: "outbox", key: item.entry.id });
  }
  return dropped;
}

/** An own message that has no record: somebody confirmed it long ago. */
export function settledLongAgo(entry: OutboxEntry["entry"]): OutboxEntry {
  return {
    entry,
    requestId: "",
    levelPercent: entry.levelPercent ?? null,
    stage: "settled",
    // At least one.
    attempts: 1,
    inFlight: false,
    replaced: false,
    limited: false,
    asked: false,
    taken: true,
    aged: false,
    acceptedAt: entry.receivedAt,
    firstAttemptAt: entry.receivedAt,
    firstAttemptConnectedMs: null,
    nextAttemptAt: null,
    reason: "",
  };
}

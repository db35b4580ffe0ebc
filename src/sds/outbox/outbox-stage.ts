import type { LogEntry } from "../log/log-entry.ts";
import { nextStage, type OutboxEvent } from "./delivery-state.ts";
import { isForNobody } from "./level.ts";
import { type OutboxEntry, outboxRecordOf } from "./outbox-entry.ts";
import type { OutboxAndBelow, OutboxContext } from "./outbox-state.ts";
import { ownItem, ownOutbox } from "./own.ts";
import { isKept, keepSettled } from "./settled.ts";

/** Moves an outbox entry by the transition table and keeps the set of open ones true. False when nothing changed. */
export function moveStage(ctx: OutboxContext, item: OutboxEntry, event: OutboxEvent): boolean {
  const stage = nextStage(item.stage, event);
  const changed = stage !== item.stage;
  ownItem(item).stage = stage;
  // What a person asked for is answered, or taken back.
  if (stage === "stopped" || stage === "settled") ownItem(item).asked = false;
  if (isOpen(item)) {
    ownOutbox(ctx.state).open.add(item);
  } else {
    ownOutbox(ctx.state).open.delete(item);
    ownItem(item).nextAttemptAt = null;
  }
  if (changed && stage === "settled") keepSettled(ctx, item);
  saveOutbox(ctx, item);
  return changed;
}

export function saveOutbox(ctx: OutboxContext, item: OutboxEntry): void {
  if (!isKept(ctx.state, item)) return;
  ctx.changes.push({ op: "put", table: "outbox", record: outboxRecordOf(item) });
}

/** An own message of which nobody confirmed that they have it: its words may be nowhere else. */
export function isUnconfirmed(state: OutboxAndBelow, entry: LogEntry): boolean {
  const item = entry.mine ? state.outbox.items.get(entry.id) : undefined;
  return item !== undefined && item.stage !== "settled";
}

/** Open: it may be sent (again) by itself, or a person asked for it. */
export function isOpen(item: OutboxEntry): boolean {
  if (item.asked) return true;
  switch (item.stage) {
    case "queued":
    case "sending":
      return true;
    case "sent":
    case "stored":
    case "unconfirmed":
      //= protocol: LEVEL-4
      return !isForNobody(item);
    case "failed":
    case "stopped":
    case "settled":
      return false;
  }
}

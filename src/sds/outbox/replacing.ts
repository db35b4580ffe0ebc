import type { MessageId } from "../wire/ids.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxAndBelow } from "./outbox-state.ts";
import { ownItem, ownOutbox } from "./own.ts";

/** Own messages that are being composed anew: none of them leaves as it is. */

export function beginReplacing(items: readonly OutboxEntry[]): void {
  for (const item of items) ownItem(item).replaced = true;
}

export function endReplacing(items: readonly OutboxEntry[]): void {
  for (const item of items) ownItem(item).replaced = false;
}

/** That failed: to be tried again when the longest pause between attempts is over. */
export function tryAgainLater(state: OutboxAndBelow, items: readonly OutboxEntry[], now: number): void {
  for (const item of items) ownItem(item).nextAttemptAt = now + state.identity.parameters.resendMaxMs;
}

/** It was composed anew under another id, or forgotten. True if it was there. */
export function removeFromOutbox(state: OutboxAndBelow, id: MessageId): boolean {
  const { items, open, settled } = ownOutbox(state);
  const item = items.get(id);
  if (item !== undefined) {
    open.delete(item);
    settled.delete(item);
  }
  return items.delete(id);
}

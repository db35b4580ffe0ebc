import type { StepContext } from "../io/step-context.ts";
import type { LogAndBelow } from "../log/log-state.ts";
import type { MessageId } from "../wire/ids.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/** What the room "outbox" owns: how far own messages got. */
export interface OutboxState {
  /** Own messages by id, in the order of acceptance. */
  readonly items: ReadonlyMap<MessageId, OutboxEntry>;
  /** Those that may be sent (again) by themselves, in the order of acceptance. */
  readonly open: ReadonlySet<OutboxEntry>;
  /** Those that somebody confirmed and whose records are kept, in the order in which they were confirmed (`settled.ts`). */
  readonly settled: ReadonlySet<OutboxEntry>;
}

export interface OutboxAndBelow extends LogAndBelow {
  readonly outbox: OutboxState;
}

export function createOutboxState(): OutboxState {
  return { items: new Map(), open: new Set(), settled: new Set() };
}

export type OutboxContext = StepContext<OutboxAndBelow>;

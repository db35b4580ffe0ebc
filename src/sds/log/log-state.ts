import { createOrderedLog, type OrderedLogView } from "../collections/ordered-log.ts";
import type { StepContext } from "../io/step-context.ts";
import type { ParticipantsAndBelow } from "../participants/participants-state.ts";
import type { MessageId } from "../wire/ids.ts";
import { IncomingBuffer, type IncomingBufferView } from "./incoming-buffer.ts";
import type { LogEntry } from "./log-entry.ts";
import { createUnread, type Unread } from "./unread-count.ts";

/** What the room "log" owns: the causal graph of all that is held, and its order. */
export interface LogState {
  /** Everything held, delivered or waiting. */
  readonly entries: ReadonlyMap<MessageId, LogEntry>;
  /** What is delivered, in log order. */
  readonly order: OrderedLogView<LogEntry>;
  /** What waits for its causes. */
  readonly buffered: IncomingBufferView;
  /** Delivered entries without a delivered child; those that are ahead do not count. */
  readonly heads: ReadonlySet<LogEntry>;
  /** Delivered entries whose timestamp is further ahead than clocks may be (`ahead.ts`). */
  readonly ahead: ReadonlySet<LogEntry>;
  /** Own messages that were deleted after they may have left. */
  readonly removed: ReadonlySet<LogEntry>;
  /** The newest own message that is not ahead. */
  readonly lastOwn: LogEntry | null;
  /** The highest sequence number that this device gave to a message. */
  readonly authorSeq: number;
  readonly unread: Readonly<Unread>;
  /** Of the entry that comes next. */
  readonly nextNumber: number;
}

export interface LogAndBelow extends ParticipantsAndBelow {
  readonly log: LogState;
}

export function createLogState(): LogState {
  return {
    entries: new Map(),
    order: createOrderedLog<LogEntry>(),
    buffered: new IncomingBuffer(),
    heads: new Set(),
    ahead: new Set(),
    removed: new Set(),
    lastOwn: null,
    authorSeq: 0,
    unread: createUnread(),
    nextNumber: 0,
  };
}

export type LogContext = StepContext<LogAndBelow>;

import type { OrderedLog } from "../collections/ordered-log.ts";
import type { Owned } from "../io/owned.ts";
import type { IncomingBuffer } from "./incoming-buffer.ts";
import type { LogEntry } from "./log-entry.ts";
import type { LogAndBelow, LogState } from "./log-state.ts";
import type { Unread } from "./unread-count.ts";

interface OwnLogState extends Omit<Owned<LogState>, "order" | "buffered" | "unread"> {
  readonly order: OrderedLog<LogEntry>;
  readonly buffered: IncomingBuffer;
  readonly unread: Unread;
}

/** For the files of this room only: its slice, and its entries, to write to. */
export function ownLog({ log }: LogAndBelow): OwnLogState {
  return log as OwnLogState;
}

export function ownEntry(entry: LogEntry): Owned<LogEntry> {
  return entry as Owned<LogEntry>;
}

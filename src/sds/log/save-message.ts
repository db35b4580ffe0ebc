import { type LogEntry, recordOf } from "./log-entry.ts";
import type { LogContext } from "./log-state.ts";

/** Writes the index row of a message. One that waits keeps its deadline with it: a restart must not begin it anew. */
export function saveMessage({ state, changes }: LogContext, entry: LogEntry): void {
  changes.push({ op: "put", table: "message", record: recordOf(entry, state.log.buffered.deadlineOf(entry)) });
}

import type { StepContext } from "../channel-state.ts";
import { type LogEntry, recordOf } from "./log-entry.ts";

/** Writes the index row of a message. One that waits keeps its deadline with it: a restart must not begin it anew. */
export function saveMessage({ state, changes }: StepContext, entry: LogEntry): void {
  changes.push({ op: "put", table: "message", record: recordOf(entry, state.buffered.deadlineOf(entry)) });
}

import { ledger } from "../io/step-context.ts";
import { isNumberUsedTwice } from "../participants/heard.ts";
import type { LogEntry } from "./log-entry.ts";
import type { LogAndBelow, LogContext } from "./log-state.ts";

/**
 * Authors number their messages 1, 2, 3 ... so that one that never left is a gap others can see. Two signed messages
 * under one number are an author (or two devices with one key) telling different people different things: both are
 * shown, and it is told of the author.
 */
export function noteNumber(ctx: LogContext, entry: LogEntry): void {
  //= protocol: ID-4
  if (!countNumber(entry)) return;
  ledger(ctx, [], { kind: "participant", participant: entry.author.index });
}

/** True when the author had used the number before. Counted anew from the log at each start. */
export function countNumber({ author, authorSeq, signed, mine }: LogEntry): boolean {
  // My own numbers are given out here; what was never sent may be composed anew under its number.
  return signed && !mine && authorSeq !== null && isNumberUsedTwice(author, authorSeq);
}

/** Another message of the same author has the same number. */
export function sharesNumber(state: LogAndBelow, entry: LogEntry): boolean {
  if (entry.author.equivocations === 0 || !entry.signed || entry.authorSeq === null) return false;
  for (const other of state.log.entries.values()) {
    if (other === entry || other.author !== entry.author || !other.signed) continue;
    if (other.authorSeq === entry.authorSeq) return true;
  }
  return false;
}

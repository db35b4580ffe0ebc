import { packHint } from "../wire/packed-hint.ts";
import type { LogEntry } from "./log-entry.ts";
import { ownEntry } from "./own.ts";

/** What is known of the copies of a message that are about: where one is kept, and which one is stored here. */

/** A Store keeps a copy under this hash. What was known first stays. */
export function noteHint(entry: LogEntry, hint: Uint8Array | undefined): void {
  ownEntry(entry).hint ??= packHint(hint);
}

/** The trailer of the stored bytes was verified. */
export function noteTrailerHolds(entry: LogEntry): void {
  ownEntry(entry).trailerHolds = true;
}

/** Another copy, of so many bytes, is stored from now on. */
export function noteStoredCopy(entry: LogEntry, size: number): void {
  ownEntry(entry).size = size;
}

/** A sync names it outright, because heads do not prove it. */
export function noteListedBare(entry: LogEntry): void {
  ownEntry(entry).timesListedBare++;
}

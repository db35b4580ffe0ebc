import type { ParticipantId } from "./ids.ts";
import { MAX_BUFFERED_BYTES, MAX_BUFFERED_BYTES_PER_SENDER, MAX_BUFFERED_PER_SENDER } from "./limits.ts";
import type { LogEntry } from "./log-entry.ts";

/** Entries that wait for their causes, in the order of arrival, with what they take by sender: asking costs no walk. */
export interface WaitingRoom extends Iterable<LogEntry> {
  readonly size: number;
  add(entry: LogEntry): void;
  delete(entry: LogEntry): void;
  /** Whether one more of this sender and size may wait. */
  hasRoom(sender: ParticipantId, bytes: number): boolean;
}

interface Share {
  readonly sender: ParticipantId;
  readonly bytes: number;
}

export function createWaitingRoom(): WaitingRoom {
  // As it was when it came in: an unsigned message may change its sender and size while it waits.
  const entries = new Map<LogEntry, Share>();
  const countOf = new Map<ParticipantId, number>();
  const bytesOf = new Map<ParticipantId, number>();
  let allBytes = 0;

  function change({ sender, bytes }: Share, by: 1 | -1): void {
    allBytes += by * bytes;
    const count = (countOf.get(sender) ?? 0) + by;
    countOf.set(sender, count);
    bytesOf.set(sender, (bytesOf.get(sender) ?? 0) + by * bytes);
    if (count > 0) return;
    countOf.delete(sender);
    bytesOf.delete(sender);
  }

  return {
    get size() {
      return entries.size;
    },
    add(entry) {
      if (entries.has(entry)) return;
      const share = { sender: entry.author.id, bytes: entry.size };
      entries.set(entry, share);
      change(share, 1);
    },
    delete(entry) {
      const share = entries.get(entry);
      if (share === undefined) return;
      entries.delete(entry);
      change(share, -1);
    },
    hasRoom: (sender, bytes) =>
      allBytes + bytes <= MAX_BUFFERED_BYTES &&
      (bytesOf.get(sender) ?? 0) + bytes <= MAX_BUFFERED_BYTES_PER_SENDER &&
      (countOf.get(sender) ?? 0) < MAX_BUFFERED_PER_SENDER,
    [Symbol.iterator]: () => entries.keys(),
  };
}

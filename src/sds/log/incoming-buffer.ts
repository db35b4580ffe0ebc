import { DueQueue } from "../collections/due-queue.ts";
import type { Participant } from "../participants/participant.ts";
import type { LogEntry } from "./log-entry.ts";

interface Load {
  count: number;
  bytes: number;
}

/** What an entry was when it came: another copy of it may have other bytes, and even another sender. */
interface Waiting {
  /** Connected time at which it stops waiting. */
  readonly deadline: number;
  readonly sender: Participant;
  readonly bytes: number;
}

const NOTHING: Readonly<Load> = { count: 0, bytes: 0 };

/** What everybody may ask of it. */
export type IncomingBufferView = Pick<
  IncomingBuffer,
  "size" | "bytes" | "loadOf" | "deadlineOf" | "nextDeadline" | "highestPassed"
> &
  Iterable<LogEntry>;

/**
 * Entries that wait for their causes, in the order in which they came. How much it holds is counted as they come and go:
 * whether there is room is asked for every message that has to wait.
 */
export class IncomingBuffer {
  readonly #waiting = new Map<LogEntry, Waiting>();
  readonly #byDeadline = new DueQueue<LogEntry>();
  readonly #loads = new Map<Participant, Load>();
  readonly #passed = new Map<LogEntry, number>();
  #bytes = 0;

  get size(): number {
    return this.#waiting.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What one sender has waiting here. */
  loadOf(sender: Participant): Readonly<Load> {
    return this.#loads.get(sender) ?? NOTHING;
  }

  add(entry: LogEntry, deadline: number): void {
    if (this.#waiting.has(entry)) return;
    const waiting = { deadline, sender: entry.author, bytes: entry.size };
    this.#waiting.set(entry, waiting);
    this.#byDeadline.add(entry, deadline);
    this.#count(waiting, 1);
  }

  delete(entry: LogEntry): void {
    this.#passed.delete(entry);
    const waiting = this.#waiting.get(entry);
    if (waiting === undefined) return;
    this.#waiting.delete(entry);
    this.#count(waiting, -1);
  }

  /** Something that a true edge leads from was delivered past the entry; its author signed this for the entry. */
  notePassed(entry: LogEntry, signedLamport: number): void {
    this.#passed.set(entry, Math.max(signedLamport, this.#passed.get(entry) ?? signedLamport));
  }

  /** The highest timestamp signed for anything here that something was delivered past; -Infinity when there is none. */
  highestPassed(): number {
    let highest = Number.NEGATIVE_INFINITY;
    for (const lamport of this.#passed.values()) highest = Math.max(highest, lamport);
    return highest;
  }

  /** Infinity for what does not wait. */
  deadlineOf(entry: LogEntry): number {
    return this.#waiting.get(entry)?.deadline ?? Number.POSITIVE_INFINITY;
  }

  /** Connected time at which the first one stops waiting; Infinity when nothing waits. */
  nextDeadline(): number {
    return this.#byDeadline.nextAt((entry) => this.deadlineOf(entry));
  }

  /** Those whose patience ran out, in the order in which they came. They are told once, and stay until deleted. */
  overdue(connectedMs: number): LogEntry[] {
    const due = this.#byDeadline.takeDue(connectedMs, (entry) => this.deadlineOf(entry));
    return due.sort((a, b) => a.number - b.number);
  }

  [Symbol.iterator](): Iterator<LogEntry> {
    return this.#waiting.keys();
  }

  #count({ sender, bytes }: Waiting, by: 1 | -1): void {
    const load = this.#loads.get(sender) ?? { count: 0, bytes: 0 };
    load.count += by;
    load.bytes += by * bytes;
    this.#bytes += by * bytes;
    if (load.count === 0) this.#loads.delete(sender);
    else this.#loads.set(sender, load);
  }
}

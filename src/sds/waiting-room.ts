import { DueQueue } from "./due-queue.ts";
import type { LogEntry } from "./log-entry.ts";
import type { Participant } from "./participant.ts";

interface Load {
  count: number;
  bytes: number;
}

/**
 * Entries that wait for their causes, in the order in which they came. How much it holds is counted as they come and go:
 * whether there is room is asked for every message that has to wait.
 */
export class WaitingRoom {
  /** Connected time at which each stops waiting. */
  readonly #deadlines = new Map<LogEntry, number>();
  readonly #byDeadline = new DueQueue<LogEntry>();
  readonly #loads = new Map<Participant, Load>();
  #bytes = 0;

  get size(): number {
    return this.#deadlines.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What one sender has waiting here. */
  loadOf(sender: Participant): Readonly<Load> {
    return this.#loads.get(sender) ?? { count: 0, bytes: 0 };
  }

  add(entry: LogEntry, deadline: number): void {
    if (this.#deadlines.has(entry)) return;
    this.#deadlines.set(entry, deadline);
    this.#byDeadline.add(entry, deadline);
    this.#count(entry, 1);
  }

  delete(entry: LogEntry): void {
    if (this.#deadlines.delete(entry)) this.#count(entry, -1);
  }

  /** Infinity for what does not wait. */
  deadlineOf(entry: LogEntry): number {
    return this.#deadlines.get(entry) ?? Number.POSITIVE_INFINITY;
  }

  /** Connected time at which the first one stops waiting; Infinity when nothing waits. */
  nextDeadline(): number {
    return this.#byDeadline.nextAt((entry) => this.deadlineOf(entry));
  }

  /** Those whose patience ran out, in the order in which they came. They stay until they are deleted. */
  overdue(connectedMs: number): LogEntry[] {
    const due = this.#byDeadline.takeDue(connectedMs, (entry) => this.deadlineOf(entry));
    return due.sort((a, b) => a.number - b.number);
  }

  [Symbol.iterator](): Iterator<LogEntry> {
    return this.#deadlines.keys();
  }

  #count(entry: LogEntry, by: 1 | -1): void {
    const load = this.#loads.get(entry.author) ?? { count: 0, bytes: 0 };
    load.count += by;
    load.bytes += by * entry.size;
    this.#bytes += by * entry.size;
    if (load.count === 0) this.#loads.delete(entry.author);
    else this.#loads.set(entry.author, load);
  }
}

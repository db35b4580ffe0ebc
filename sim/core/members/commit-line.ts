import type { Change, Durability } from "../../../src/sds/io/records.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";
import type { SimDisk } from "./disk.ts";

interface Waiting {
  readonly changes: readonly Change[];
  readonly durability: Durability;
  readonly done: () => void;
}

/**
 * Writes whole steps in order, as the channel does: a strict write takes time, what comes meanwhile goes into the next
 * one together, and what a step wants done besides is done when its own write is.
 */
export class CommitLine {
  readonly #disk: SimDisk;
  readonly #syncMs: () => number;
  readonly #after: (ms: number, run: () => void) => void;
  #waiting: Waiting[] = [];
  #writing: Waiting[] | null = null;
  #dead = false;

  constructor(disk: SimDisk, syncMs: () => number, after: (ms: number, run: () => void) => void) {
    this.#disk = disk;
    this.#syncMs = syncMs;
    this.#after = after;
  }

  add(changes: readonly Change[], durability: Durability, done: () => void): void {
    this.#waiting.push({ changes, durability, done });
    if (this.#writing === null) this.#next();
  }

  /** What the channel has in memory of a body: also what is still to be written. */
  body(id: MessageId): Uint8Array | null {
    const pending = [...(this.#writing ?? []), ...this.#waiting].flatMap(({ changes }) => changes).reverse();
    for (const change of pending) {
      if (change.op === "put" && change.table === "body" && change.record.id === id) return change.record.bytes;
      if (change.op === "delete" && change.table === "body" && change.key === id) return null;
    }
    return this.#disk.body(id);
  }

  /** The process dies: the write under way may land or not, nothing is done after it. */
  kill(lands: boolean): void {
    if (lands && this.#writing !== null) this.#write(this.#writing);
    this.#dead = true;
  }

  #next(): void {
    while (this.#waiting.length > 0 && !this.#dead) {
      const group = this.#waiting;
      this.#waiting = [];
      this.#writing = group;
      if (group.some((item) => item.durability === "strict")) {
        this.#after(this.#syncMs(), () => {
          if (this.#dead) return;
          this.#write(group);
          this.#finish(group);
          this.#writing = null;
          this.#next();
        });
        return;
      }
      this.#write(group);
      this.#finish(group);
      this.#writing = null;
    }
  }

  #write(group: readonly Waiting[]): void {
    const strict = group.some((item) => item.durability === "strict");
    this.#disk.commit(
      group.flatMap((item) => item.changes),
      strict ? "strict" : "relaxed",
    );
  }

  #finish(group: readonly Waiting[]): void {
    for (const item of group) if (!this.#dead) item.done();
  }
}

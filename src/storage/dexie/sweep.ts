import { CHANNEL_STORES, type ChannelStore, type Space } from "./schema.ts";
import { channelRange } from "./transaction.ts";

/**
 * Rows that one transaction deletes: as many as take this long, since whoever writes meanwhile waits for it. A row of the
 * ledger and one with 150 kB differ by a lot, and so do disks.
 */
const PORTION_MS = { short: 5, long: 20 };
const ROWS = { first: 64, least: 8, most: 1_024 };

/** A store with rows of a space that nobody has. */
export interface Left {
  readonly store: ChannelStore;
  readonly space: Space;
}

/** All that a channel may have had. */
export const leftBy = (space: Space): Left[] => CHANNEL_STORES.map((store) => ({ store, space }));

export interface SweepOptions {
  /** Deletes at most so many of these rows in a transaction of its own; says how many there were. */
  readonly deleteRows: (left: Left, rows: number) => Promise<number>;
  /** Nothing is left; called once each time, when that is so. */
  readonly onSwept: () => void;
  readonly now: () => number;
}

/** Deletes the rows of spaces that nobody has any more, in portions, so that what else is written waits for one portion at most. */
export class Sweep {
  readonly #options: SweepOptions;
  readonly #left: Left[] = [];
  #rows = ROWS.first;
  #running = false;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** These go now. If that fails or is cut off they are there at the next start, and go then. */
  add(left: readonly Left[]): void {
    this.#left.push(...left);
    if (this.#running || this.#left.length === 0) return;
    this.#running = true;
    this.#run().then(
      () => {
        this.#running = false;
        this.#options.onSwept();
      },
      () => {
        this.#running = false;
      },
    );
  }

  async #run(): Promise<void> {
    for (let left = this.#left[0]; left !== undefined; left = this.#left[0]) {
      await this.#empty(left);
      this.#left.shift();
    }
  }

  async #empty(left: Left): Promise<void> {
    const { deleteRows, now } = this.#options;
    for (let rows = this.#rows; ; rows = this.#rows) {
      const start = now();
      const deleted = await deleteRows(left, rows);
      if (deleted < rows) return;
      this.#pace(now() - start);
    }
  }

  #pace(ms: number): void {
    if (ms < PORTION_MS.short) this.#rows = Math.min(ROWS.most, this.#rows * 2);
    else if (ms > PORTION_MS.long) this.#rows = Math.max(ROWS.least, this.#rows / 2);
  }
}

/** Deletes the first of these rows, inside `transaction` (readwrite on their store). */
export function deletePortion(
  transaction: IDBTransaction,
  KeyRange: typeof IDBKeyRange,
  { store: name, space }: Left,
  rows: number,
): () => number {
  const store = transaction.objectStore(name);
  const keys = store.getAllKeys(channelRange(KeyRange, space), rows);
  keys.onsuccess = () => {
    const last = keys.result.at(-1);
    if (last !== undefined) store.delete(KeyRange.bound([space], last));
  };
  return () => keys.result.length;
}

/** What spaces have that are not `inUse`; `transaction` spans all channel stores. One look per store and space. */
export function findLeft(
  transaction: IDBTransaction,
  KeyRange: typeof IDBKeyRange,
  inUse: ReadonlySet<Space>,
): () => Left[] {
  const left: Left[] = [];
  const look = (store: ChannelStore, from: IDBKeyRange | null): void => {
    const first = transaction.objectStore(store).openKeyCursor(from);
    first.onsuccess = () => {
      const key = first.result?.key;
      if (!Array.isArray(key)) return;
      const space = key[0] as Space;
      if (!inUse.has(space)) left.push({ store, space });
      look(store, KeyRange.lowerBound([space, []], true));
    };
  };
  for (const store of CHANNEL_STORES) look(store, null);
  return () => left;
}

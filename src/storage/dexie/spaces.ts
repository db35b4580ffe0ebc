import type { ChannelId } from "../../sds/wire/ids.ts";
import { LAST_SPACE_KEY, type Space, SWEPT_KEY } from "./schema.ts";

/** Where nothing is: what a channel that was never written reads from. Numbers begin at 1. */
const NOWHERE: Space = 0;

/**
 * The space of each channel: the first part of the keys of all its rows. Leaving a channel takes its space away, by deletions
 * that fit on a full disk too, and from then on nobody finds the rows; they go later (`sweep.ts`). A channel that is joined
 * again meanwhile gets another space. No number is given twice.
 */
export class Spaces {
  readonly #of: Map<ChannelId, Space>;
  /** Given out, and not written by a transaction that is complete. */
  readonly #unsaved = new Map<ChannelId, Space>();
  #last: number;

  constructor({ spaces, last }: StoredSpaces) {
    this.#of = new Map(spaces);
    this.#last = last;
  }

  /** Where the rows of `channel` are. */
  get(channel: ChannelId): Space {
    return this.#of.get(channel) ?? NOWHERE;
  }

  /** The same for writing into it: a new one when it has none. */
  take(channel: ChannelId): Space {
    const known = this.#of.get(channel);
    if (known !== undefined) return known;
    const space = ++this.#last;
    this.#of.set(channel, space);
    this.#unsaved.set(channel, space);
    return space;
  }

  isSaved(channel: ChannelId): boolean {
    return !this.#unsaved.has(channel);
  }

  /** Writes it with what is written into it, as long as that was not done; `transaction` is readwrite on `space` and `control`. */
  save(transaction: IDBTransaction, channel: ChannelId): void {
    const space = this.#unsaved.get(channel);
    if (space === undefined) return;
    transaction.objectStore("space").put(space, channel);
    transaction.objectStore("control").put(this.#last, LAST_SPACE_KEY);
    transaction.addEventListener("complete", () => {
      if (this.#unsaved.get(channel) === space) this.#unsaved.delete(channel);
    });
  }

  /** From now on `channel` has no space. Returns the one it had; null when it had none. */
  leave(channel: ChannelId): Space | null {
    const space = this.#of.get(channel) ?? null;
    this.#of.delete(channel);
    this.#unsaved.delete(channel);
    return space;
  }

  /** It could not be left after all. */
  keep(channel: ChannelId, space: Space): void {
    if (!this.#of.has(channel)) this.#of.set(channel, space);
  }

  /** All that are in use. */
  all(): ReadonlySet<Space> {
    return new Set(this.#of.values());
  }
}

export interface StoredSpaces {
  readonly spaces: readonly (readonly [ChannelId, Space])[];
  /** The highest number that was given out. */
  readonly last: number;
  /** No row lies in a space that nobody has. */
  readonly swept: boolean;
}

/** Reads them; `transaction` spans `space` and `control`. */
export function readSpaces(transaction: IDBTransaction): () => StoredSpaces {
  const store = transaction.objectStore("space");
  const channels = store.getAllKeys();
  const spaces: IDBRequest<Space[]> = store.getAll();
  const control = transaction.objectStore("control");
  const last: IDBRequest<number | undefined> = control.get(LAST_SPACE_KEY);
  const swept: IDBRequest<number | undefined> = control.get(SWEPT_KEY);
  return () => ({
    spaces: channels.result.map((channel, at) => [channel as ChannelId, spaces.result[at] ?? NOWHERE] as const),
    last: last.result ?? 0,
    swept: swept.result !== undefined,
  });
}

/** Takes the space of `channel` away for good, inside `transaction` (readwrite on `space` and `control`): deletions only. */
export function forgetSpace(transaction: IDBTransaction, channel: ChannelId): void {
  transaction.objectStore("space").delete(channel);
  transaction.objectStore("control").delete(SWEPT_KEY);
}

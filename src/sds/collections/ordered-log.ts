/** A place in the total order of a channel's log: Lamport timestamp first, then message id by code units. */
export interface LogPlace {
  readonly lamport: number;
  readonly id: string;
}

/**
 * The order that all participants agree on. Ids are compared by code units, never by locale; for the lower-case hex of
 * message ids that is the order of their bytes.
 */
export function comparePlaces(a: LogPlace, b: LogPlace): number {
  if (a.lamport !== b.lamport) return a.lamport - b.lamport;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Items in log order. A place that is asked about need not be in the log. Items must not change their place. */
export interface OrderedLogView<T extends LogPlace> {
  readonly size: number;
  /** The item at exactly this place. */
  get(place: LogPlace): T | undefined;
  first(): T | undefined;
  last(): T | undefined;
  /** The item that has `index` items before it; O(number of chunks). */
  at(index: number): T | undefined;
  /** How many items are before this place; O(number of chunks). */
  position(place: LogPlace): number;
  /** From the item at this place, or the first one behind it (without a place: from the beginning), upwards. */
  from(place?: LogPlace): Generator<T, void, undefined>;
  /** From the first item behind this place, upwards. */
  after(place: LogPlace): Generator<T, void, undefined>;
  /** From the last item in front of this place (or from the end), downwards. */
  before(place?: LogPlace): Generator<T, void, undefined>;
  /** How many of the items behind this place are meant. */
  countAfter(place: LogPlace, isMeant: (item: T) => boolean): number;
  /** The last `limit` items in front of this place (or of the end), in log order: one page, reading backwards. */
  pageBefore(place: LogPlace | undefined, limit: number): T[];
  /** All, in order. The log must not change meanwhile; the same holds for `from`, `after`, `before`. */
  [Symbol.iterator](): Iterator<T>;
}

export interface OrderedLog<T extends LogPlace> extends OrderedLogView<T> {
  /** O(log n + chunk). False, and nothing changes, when an item is at this place already. */
  insert(item: T): boolean;
  /** Removes the item at this place and returns it. */
  remove(place: LogPlace): T | undefined;
}

/** Moved by one insertion in the middle: longer chunks make that slow, shorter ones make it slow to find the chunk. */
const CHUNK_LIMIT = 512;

/** An empty log. Chunks of at most 512 items keep an insertion anywhere cheap, whatever the size of the log. */
export function createOrderedLog<T extends LogPlace>(): OrderedLog<T> {
  return new ChunkedLog<T>();
}

class ChunkedLog<T extends LogPlace> implements OrderedLog<T> {
  /** Never an empty chunk in here. */
  readonly #chunks: T[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  insert(item: T): boolean {
    const last = this.last();
    if (last === undefined || comparePlaces(last, item) < 0) {
      this.#append(item);
      return true;
    }
    const chunkIndex = this.#chunkOf(item);
    const chunk = this.#chunks[chunkIndex] ?? [];
    const index = lowerBound(chunk, item);
    if (isAt(chunk[index], item)) return false;
    chunk.splice(index, 0, item);
    this.#size++;
    if (chunk.length > CHUNK_LIMIT) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(CHUNK_LIMIT / 2));
    return true;
  }

  remove(place: LogPlace): T | undefined {
    const chunkIndex = this.#chunkOf(place);
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) return undefined;
    const index = lowerBound(chunk, place);
    const item = chunk[index];
    if (!isAt(item, place)) return undefined;
    chunk.splice(index, 1);
    this.#size--;
    this.#shrink(chunkIndex);
    return item;
  }

  get(place: LogPlace): T | undefined {
    const chunk = this.#chunks[this.#chunkOf(place)];
    if (chunk === undefined) return undefined;
    const item = chunk[lowerBound(chunk, place)];
    return isAt(item, place) ? item : undefined;
  }

  first(): T | undefined {
    return this.#chunks[0]?.[0];
  }

  last(): T | undefined {
    return this.#chunks.at(-1)?.at(-1);
  }

  at(index: number): T | undefined {
    if (!Number.isInteger(index) || index < 0) return undefined;
    let rest = index;
    for (const chunk of this.#chunks) {
      if (rest < chunk.length) return chunk[rest];
      rest -= chunk.length;
    }
    return undefined;
  }

  position(place: LogPlace): number {
    const chunkIndex = this.#chunkOf(place);
    let before = 0;
    for (let i = 0; i < chunkIndex; i++) before += this.#chunks[i]?.length ?? 0;
    return before + lowerBound(this.#chunks[chunkIndex] ?? [], place);
  }

  *from(place?: LogPlace): Generator<T, void, undefined> {
    let chunkIndex = place === undefined ? 0 : this.#chunkOf(place);
    let index = place === undefined ? 0 : lowerBound(this.#chunks[chunkIndex] ?? [], place);
    for (; chunkIndex < this.#chunks.length; chunkIndex++, index = 0) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      for (; index < chunk.length; index++) yield chunk[index] as T;
    }
  }

  *after(place: LogPlace): Generator<T, void, undefined> {
    for (const item of this.from(place)) {
      if (!isAt(item, place)) yield item;
    }
  }

  *before(place?: LogPlace): Generator<T, void, undefined> {
    let chunkIndex = place === undefined ? this.#chunks.length - 1 : this.#chunkOf(place);
    let end = place === undefined ? undefined : lowerBound(this.#chunks[chunkIndex] ?? [], place);
    for (; chunkIndex >= 0; chunkIndex--, end = undefined) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      for (let i = (end ?? chunk.length) - 1; i >= 0; i--) yield chunk[i] as T;
    }
  }

  countAfter(place: LogPlace, isMeant: (item: T) => boolean): number {
    let count = 0;
    let chunkIndex = this.#chunkOf(place);
    let index = lowerBound(this.#chunks[chunkIndex] ?? [], place);
    for (; chunkIndex < this.#chunks.length; chunkIndex++, index = 0) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      for (; index < chunk.length; index++) if (!isAt(chunk[index], place) && isMeant(chunk[index] as T)) count++;
    }
    return count;
  }

  pageBefore(place: LogPlace | undefined, limit: number): T[] {
    const page: T[] = [];
    if (limit < 1) return page;
    for (const item of this.before(place)) {
      page.push(item);
      if (page.length >= limit) break;
    }
    return page.reverse();
  }

  [Symbol.iterator](): Iterator<T> {
    return this.from();
  }

  /** Most items come last: they fill chunks to the limit instead of leaving a trail of halves. */
  #append(item: T): void {
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.length >= CHUNK_LIMIT) this.#chunks.push([item]);
    else chunk.push(item);
    this.#size++;
  }

  /** Drops an empty chunk and joins small neighbours, so that the number of chunks follows the number of items. */
  #shrink(chunkIndex: number): void {
    const chunk = this.#chunks[chunkIndex] ?? [];
    const next = this.#chunks[chunkIndex + 1];
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
    else if (next !== undefined && chunk.length + next.length <= CHUNK_LIMIT / 2) {
      chunk.push(...next);
      this.#chunks.splice(chunkIndex + 1, 1);
    }
  }

  /** Index of the first chunk whose last item is not in front of the place; the number of chunks when there is none. */
  #chunkOf(place: LogPlace): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && comparePlaces(last, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Number of items of a chunk that are in front of the place. */
function lowerBound(chunk: readonly LogPlace[], place: LogPlace): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = chunk[middle];
    if (item !== undefined && comparePlaces(item, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt(item: LogPlace | undefined, place: LogPlace): boolean {
  return item !== undefined && item.lamport === place.lamport && item.id === place.id;
}

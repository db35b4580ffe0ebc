import { BloomFilter, type BloomFilterOptions } from "./bloom-filter.ts";

/**
 * The filter of the newest ids, for peers that know one filter of one size. Ids go into a generation of half the
 * capacity; when it is full the generation before it is forgotten. What is sent is both together, so it never holds
 * more ids than it was made for, and its error rate stays what the channel agreed on, however long the channel lives.
 */
export class RollingBloom {
  readonly #options: BloomFilterOptions;
  readonly #generationSize: number;
  #older: BloomFilter;
  #newer: BloomFilter;
  #count = 0;

  constructor(options: BloomFilterOptions) {
    this.#options = options;
    this.#generationSize = Math.max(1, Math.floor(options.capacity / 2));
    this.#older = new BloomFilter(options);
    this.#newer = new BloomFilter(options);
  }

  /** Adds the id of a message that was just delivered. */
  insert(id: string): void {
    //= protocol: FILTER-4
    if (this.#count >= this.#generationSize) {
      this.#older = this.#newer;
      this.#newer = new BloomFilter(this.#options);
      this.#count = 0;
    }
    this.#newer.insert(id);
    this.#count++;
  }

  /** Both generations as one filter of the peers' shape, for SDS field 12. */
  toBytes(): Uint8Array {
    // A capacity of one has no halves: the newest id alone.
    return this.#options.capacity < 2 ? this.#newer.toBytes() : this.#newer.union(this.#older).toBytes();
  }
}

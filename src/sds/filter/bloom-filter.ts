import { murmur3WithSuffix } from "./murmur3.ts";

/**
 * Bit-compatible with the bloom filter of @waku/sds: the same sizes, hash positions and bytes. Two things make it fast:
 * the two 32-bit hashes of an id are computed once and serve every filter, and bits live in the bytes of the wire.
 */
export interface BloomFilterOptions {
  /** Number of elements for which the error rate holds. */
  readonly capacity: number;
  /** Chance of a false positive at capacity, between 0 and 1 (both excluded). */
  readonly errorRate: number;
  /** Both or neither: number of hash functions, and bits per element, instead of those derived from the error rate. */
  readonly hashCount?: number | undefined;
  readonly bitsPerElement?: number | undefined;
}

/** The two hashes from which an id's positions in any filter follow. Integers from 0 to 2^31. */
export interface BloomHashes {
  readonly a: number;
  readonly b: number;
}

/** Hashes of an id; compute once, keep, and use with every filter. */
export function bloomHashes(id: string): BloomHashes {
  const [plain, suffixed] = murmur3WithSuffix(id, " b");
  return { a: Math.abs(plain), b: Math.abs(suffixed) };
}

/** The n-th position (from 0) of an element in a filter of `totalBits` bits (Kirsch and Mitzenmacher, 2008). */
export function bloomPosition(hashes: BloomHashes, n: number, totalBits: number): number {
  //= protocol: FILTER-2
  return ((hashes.a % totalBits) + n * (hashes.b % totalBits)) % totalBits;
}

/**
 * Bits, hash functions and bytes of a filter: 15 bits per element and 10 functions at an error rate of 0.001.
 * The bytes are whole 64-bit words, one more than needed when the bits fill words exactly (as the peers have it).
 * @throws RangeError for a capacity or error rate that no filter can have.
 */
export function bloomShape(options: BloomFilterOptions): { totalBits: number; hashCount: number; byteLength: number } {
  const { capacity, errorRate } = options;
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(`Bloom filter capacity must be a whole number above 0, not ${capacity}`);
  }
  if (!(errorRate > 0 && errorRate < 1)) {
    throw new RangeError(`Bloom filter error rate must lie between 0 and 1, not ${errorRate}`);
  }
  //= protocol: FILTER-1
  const optimal = Math.ceil(-Math.log(errorRate) / Math.LN2 ** 2);
  const bitsPerElement = options.bitsPerElement ?? optimal;
  const hashCount = options.hashCount ?? Math.round(Math.LN2 * optimal);
  const totalBits = capacity * bitsPerElement;
  return { totalBits, hashCount, byteLength: 8 * (1 + Math.floor(totalBits / 64)) };
}

export class BloomFilter {
  readonly totalBits: number;
  readonly hashCount: number;
  readonly #options: BloomFilterOptions;
  readonly #bytes: Uint8Array;

  /** An empty filter. */
  constructor(options: BloomFilterOptions) {
    this.#options = options;
    const shape = bloomShape(options);
    this.totalBits = shape.totalBits;
    this.hashCount = shape.hashCount;
    this.#bytes = new Uint8Array(shape.byteLength);
  }

  /** The filter of these bytes (copied), or null when their number is not that of a filter with these options. */
  static fromBytes(bytes: Uint8Array, options: BloomFilterOptions): BloomFilter | null {
    const filter = new BloomFilter(options);
    if (bytes.length !== filter.#bytes.length) return null;
    filter.#bytes.set(bytes);
    return filter;
  }

  /** Adds an element: its id, or the hashes of it, which are quicker when they are at hand. */
  insert(element: string | BloomHashes): void {
    const hashes = typeof element === "string" ? bloomHashes(element) : element;
    const bits = this.totalBits;
    const step = hashes.b % bits;
    let position = hashes.a % bits;
    for (let n = 0; n < this.hashCount; n++) {
      const index = byteOf(position);
      this.#bytes[index] = (this.#bytes[index] ?? 0) | (1 << (position & 7));
      position += step;
      if (position >= bits) position -= bits;
    }
  }

  /** True for everything inserted; for anything else true with the chance `falsePositiveRate()`. */
  has(element: string | BloomHashes): boolean {
    const hashes = typeof element === "string" ? bloomHashes(element) : element;
    const bits = this.totalBits;
    const step = hashes.b % bits;
    let position = hashes.a % bits;
    for (let n = 0; n < this.hashCount; n++) {
      if (((this.#bytes[byteOf(position)] ?? 0) & (1 << (position & 7))) === 0) return false;
      position += step;
      if (position >= bits) position -= bits;
    }
    return true;
  }

  /** What is in this filter or in another one of the same shape. */
  union(other: BloomFilter): BloomFilter {
    if (other.totalBits !== this.totalBits || other.hashCount !== this.hashCount) {
      throw new RangeError("Only filters of one shape have a union");
    }
    const union = new BloomFilter(this.#options);
    for (const [index, byte] of this.#bytes.entries()) union.#bytes[index] = byte | (other.#bytes[index] ?? 0);
    return union;
  }

  /** A copy, in the form of SDS field 12: 64-bit words, each big-endian. */
  toBytes(): Uint8Array {
    return this.#bytes.slice();
  }

  /** Share of bits that are set. (Up to 64 unused bits of the last word are counted too: honest filters have none.) */
  fill(): number {
    let set = 0;
    // The length is a multiple of 8 and the buffer our own, so it can be read by 32-bit words.
    const words = new Uint32Array(this.#bytes.buffer);
    for (let i = 0; i < words.length; i++) set += bitCount(words[i] ?? 0);
    return set / this.totalBits;
  }

  /** Chance that an element that was never inserted seems to be there: fill to the power of the number of functions. */
  falsePositiveRate(): number {
    return Math.min(1, this.fill()) ** this.hashCount;
  }
}

/** Bit h is bit h % 64 of the big-endian word h / 64, so bytes run backwards inside each group of eight. */
function byteOf(position: number): number {
  return (position >>> 3) ^ 7;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

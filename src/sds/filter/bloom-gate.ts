import type { ChannelParameters } from "../parameters/parameters.ts";
import { BloomFilter, type BloomFilterOptions, type BloomHashes } from "./bloom-filter.ts";

/**
 * A filter from somebody else is believed no further than a detail, and not even that when it claims too much: one with
 * all bits set contains everything.
 */

/** Somewhat above the half of all bits that a filter has which is as full as it was made for. */
const MAX_FILL = 0.58;
/** So many that a filter which is somewhat too full is noticed, and so few that looking costs nothing. */
const DECOYS = 64;
/** A filter at capacity contains about 0.06 of 64 ids that nobody ever said. */
const MAX_DECOY_HITS = 2;
/** The hashes of ids lie below it: absolute values of 32-bit integers. */
const HASH_RANGE = 2 ** 31;

export type BloomProblem = "bloom-length" | "bloom-full" | "bloom-decoys";

/** The filters of a channel are all made alike. */
export function bloomOptions({ bloomCapacity, bloomErrorPpm }: ChannelParameters): BloomFilterOptions {
  return { capacity: bloomCapacity, errorRate: bloomErrorPpm / 1_000_000 };
}

/** Hashes of ids that do not exist. They are secret, or a filter could be made to avoid them. */
export function drawDecoys(random: () => number): readonly BloomHashes[] {
  const hash = () => Math.floor(random() * HASH_RANGE);
  return Array.from({ length: DECOYS }, () => ({ a: hash(), b: hash() }));
}

/** The filter of these bytes, or why it is ignored. */
export function readBloom(
  bytes: Uint8Array,
  options: BloomFilterOptions,
  decoys: readonly BloomHashes[],
): BloomFilter | BloomProblem {
  //= protocol: FILTER-6
  const filter = BloomFilter.fromBytes(bytes, options);
  if (filter === null) return "bloom-length";
  if (filter.fill() > MAX_FILL) return "bloom-full";
  const hits = decoys.filter((decoy) => filter.has(decoy)).length;
  return hits > MAX_DECOY_HITS ? "bloom-decoys" : filter;
}

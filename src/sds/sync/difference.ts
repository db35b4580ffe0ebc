import { murmur3 } from "../filter/murmur3.ts";
import type { LogEntry } from "../log/log-entry.ts";
import type { MessageId } from "../wire/ids.ts";

/** 2^32 divided by the golden ratio: any number would do that keeps the two sums apart. */
const GOLDEN = 0x9e3779b9;

/**
 * In what somebody's sync differs from our log, as a number to be compared with the last one: sums, so that the order
 * does not matter, of what we lack and of what they leave out. The ids themselves can be thousands for each participant.
 * Who makes up ids with equal sums only goes unheard with a difference of their own.
 */
export function differenceOf(lacking: readonly MessageId[], leftOut: readonly LogEntry[]): number {
  let low = lacking.length;
  let high = leftOut.length;
  for (const id of lacking) {
    const hash = murmur3(id);
    low = (low + mix(hash)) | 0;
    high = (high + mix(hash ^ GOLDEN)) | 0;
  }
  // Numbers of entries are unique in one run, and nothing of this is stored.
  for (const { number } of leftOut) {
    low = (low + mix(number + GOLDEN)) | 0;
    high = (high + mix(~number)) | 0;
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** Spreads any change over all bits. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

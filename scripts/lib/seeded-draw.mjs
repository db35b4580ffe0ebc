import { createHash } from "node:crypto";

/**
 * Draws some of many, so that the same seed draws the same, and draws of an item whether others are there or not.
 * @template T
 * @param {readonly T[]} items
 * @param {number} most
 * @param {string} seed
 * @returns {T[]} at most so many, in no order
 */
export function drawn(items, most, seed) {
  if (items.length <= most) return [...items];
  return items
    .map((item, index) => ({ item, lot: createHash("sha256").update(`${seed} ${index}`).digest("hex") }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, most)
    .map(({ item }) => item);
}

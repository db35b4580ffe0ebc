import { comparePlaces, type LogPlace } from "./ordered-log.ts";

/**
 * The same items in log order. A disk gives the messages of a channel by id, so that comparing them two by two, all over memory,
 * would take longer than anything else that a start does with them: they are sorted as numbers, by the engine.
 */
export function sortedPlaces<T extends LogPlace>(items: readonly T[]): readonly T[] {
  if (isSorted(items)) return items;
  return sortedByNumber(items) ?? [...items].sort(comparePlaces);
}

function isSorted(items: readonly LogPlace[]): boolean {
  for (let index = 1; index < items.length; index++) {
    if (comparePlaces(items[index - 1] as LogPlace, items[index] as LogPlace) > 0) return false;
  }
  return true;
}

/** Null when timestamps are too far apart to put one and an index into a number without loss. */
function sortedByNumber<T extends LogPlace>(items: readonly T[]): T[] | null {
  const count = items.length;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, 0];
  for (const { lamport } of items) {
    if (lamport < lowest) lowest = lamport;
    if (lamport > highest) highest = lamport;
  }
  if ((highest - lowest + 1) * count > Number.MAX_SAFE_INTEGER) return null;
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index++) keys[index] = ((items[index] as T).lamport - lowest) * count + index;
  keys.sort();
  const sorted = Array.from(keys, (key) => items[key % count] as T);
  sortEqual(sorted);
  return sorted;
}

/** Those with one timestamp stand together, and are still to be sorted by id. */
function sortEqual(items: LogPlace[]): void {
  for (let start = 0, end = 1; end <= items.length; end++) {
    if (end < items.length && items[end]?.lamport === items[start]?.lamport) continue;
    if (end - start > 1) {
      let place = start;
      for (const item of items.slice(start, end).sort(comparePlaces)) items[place++] = item;
    }
    start = end;
  }
}

import type { LogPosition } from "../../channel/api/channel-client.ts";

/** Total order of the log: Lamport timestamp, then id by code unit (never by locale). */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  if (a.lamport !== b.lamport) return a.lamport - b.lamport;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Index of the first entry that is not before `position`. */
export function lowerBound(entries: readonly LogPosition[], position: LogPosition): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && comparePositions(entry, position) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

import type { WantedMessage } from "../../sds/io/effect.ts";

/** Without a hash, a message is looked for this long before and after its Lamport timestamp, which follows real time. */
const WINDOW_MS = 2 * 60_000;
/** Each is a query of its own; what falls out is asked for again by the protocol, with its back-off. */
const MAX_WINDOWS = 4;

/** A time of a Store, milliseconds since the epoch at both ends. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Where messages without a hash should be, overlapping windows as one, the newest few. */
export function timeWindows(wanted: readonly WantedMessage[]): readonly TimeWindow[] {
  //= protocol: HOLE-1
  const lamports = wanted.flatMap(({ hint, lamport }) => (hint === undefined && lamport !== null ? [lamport] : []));
  const windows: TimeWindow[] = [];
  for (const lamport of lamports.sort((a, b) => a - b)) {
    const last = windows.at(-1);
    const window = { from: Math.max(0, lamport - WINDOW_MS), to: lamport + WINDOW_MS };
    if (last !== undefined && window.from <= last.to) windows.splice(-1, 1, { from: last.from, to: window.to });
    else windows.push(window);
  }
  return windows.slice(-MAX_WINDOWS);
}

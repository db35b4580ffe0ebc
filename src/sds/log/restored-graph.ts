import { sortedPlaces } from "../collections/sorted-places.ts";
import type { LogEntry } from "./log-entry.ts";

/**
 * All entries of a start and their edges, as arrays: what is derived from all of them looks no id up again. Gone when the
 * start is done, as nothing keeps it up to date.
 */
export interface RestoredGraph {
  /** Each at its own number. */
  readonly entries: readonly LogEntry[];
  /** The same in log order. */
  readonly inOrder: readonly LogEntry[];
  /** Where the edges of each entry begin, in the order of its `parents`; behind the last entry, where they end. */
  readonly firstEdge: Uint32Array;
  /** Of each edge: the number of the entry that it leads a claim to, `NOT_HELD`, or `NO_WAY`. */
  readonly leadsTo: Int32Array;
  /** Of each edge: the Lamport timestamp that was signed for it; NaN where none was. */
  readonly lamports: Float64Array;
}

/** The edge may lead a claim on, to what is not held. */
export const NOT_HELD = -1;
/** The edge leads no claim anywhere: it is false, or nobody signed it. */
export const NO_WAY = -2;

/** For these entries, whose edges are still to be filled in: so many as `edgeCounts` says of each. */
export function createRestoredGraph(
  entries: readonly LogEntry[],
  edgeCounts: (index: number) => number,
): RestoredGraph {
  const firstEdge = new Uint32Array(entries.length + 1);
  for (let index = 0; index < entries.length; index++) {
    firstEdge[index + 1] = (firstEdge[index] as number) + edgeCounts(index);
  }
  const edges = firstEdge[entries.length] as number;
  return {
    entries,
    inOrder: sortedPlaces(entries),
    firstEdge,
    leadsTo: new Int32Array(edges),
    lamports: new Float64Array(edges),
  };
}

import type { ChannelState } from "./channel-state.ts";
import { isTrueEdge, type LogEntry } from "./log-entry.ts";

/**
 * Heads: delivered entries without a delivered child. Only true edges count, so a child that names a parent with a
 * false Lamport timestamp does not take the parent's place.
 */
export function headsAfterDelivery(state: ChannelState, entry: LogEntry): void {
  if (entry.deliveredChildren === 0) state.heads.add(entry);
  for (const reference of entry.parents) {
    const parent = state.entries.get(reference.id);
    if (parent === undefined || !isTrueEdge(entry, reference, parent)) continue;
    parent.deliveredChildren++;
    state.heads.delete(parent);
  }
}

/** The parents of an entry that its references are true edges to: those whose place among the heads it takes. */
export function trueParents(state: ChannelState, entry: LogEntry): LogEntry[] {
  return entry.parents.flatMap((reference) => {
    const parent = state.entries.get(reference.id);
    return parent !== undefined && isTrueEdge(entry, reference, parent) ? [parent] : [];
  });
}

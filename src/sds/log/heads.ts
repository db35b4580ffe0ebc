import type { ChannelState } from "../channel-state.ts";
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

/** The heads of the log as if these entries, and what they take the place of, were not in it. */
export function headsWithout(state: ChannelState, replaced: ReadonlySet<LogEntry>): Set<LogEntry> {
  const heads = new Set([...state.heads].filter((head) => !replaced.has(head)));
  const childrenLeft = new Map<LogEntry, number>();
  for (const entry of replaced) {
    for (const parent of trueParents(state, entry)) {
      const children = childrenLeft.get(parent) ?? parent.deliveredChildren;
      childrenLeft.set(parent, isCover(state, entry) ? children - 1 : children);
    }
  }
  for (const [parent, children] of childrenLeft) {
    if (children === 0 && !replaced.has(parent) && isCover(state, parent)) heads.add(parent);
  }
  return heads;
}

/** Its place among the heads, and what it takes the place of, count. */
export function isCover(state: ChannelState, entry: LogEntry): boolean {
  return entry.status === "delivered" && !state.ahead.has(entry);
}

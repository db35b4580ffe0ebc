import { isTrueEdge, type LogEntry } from "./log-entry.ts";
import type { LogAndBelow } from "./log-state.ts";
import { ownEntry, ownLog } from "./own.ts";

/**
 * Heads: delivered entries without a delivered child. Only true edges count, so a child that names a parent with a
 * false Lamport timestamp does not take the parent's place.
 */
export function headsAfterDelivery(state: LogAndBelow, entry: LogEntry): void {
  const { heads, entries, buffered } = ownLog(state);
  //= protocol: DELIVER-4
  if (entry.deliveredChildren === 0) heads.add(entry);
  for (const reference of entry.parents) {
    const parent = entries.get(reference.id);
    //= protocol: EDGE-2
    if (parent === undefined || !isTrueEdge(entry, reference, parent)) continue;
    ownEntry(parent).deliveredChildren++;
    heads.delete(parent);
    // It came after it had been declared lost, and waits for its own causes.
    //= protocol: SINCE-3
    if (parent.status === "buffered" && reference.lamport !== null) buffered.notePassed(parent, reference.lamport);
  }
}

/** It counts again: it takes its place among the heads, and that of what it names. */
export function coverParents(state: LogAndBelow, entry: LogEntry): void {
  const { heads } = ownLog(state);
  if (entry.deliveredChildren === 0) heads.add(entry);
  for (const parent of trueParents(state, entry)) {
    ownEntry(parent).deliveredChildren++;
    heads.delete(parent);
  }
}

/** It counts no more: whatever has no other child is a head again. */
export function uncoverParents(state: LogAndBelow, entry: LogEntry): void {
  const { heads } = ownLog(state);
  heads.delete(entry);
  for (const parent of trueParents(state, entry)) {
    const children = --ownEntry(parent).deliveredChildren;
    if (children === 0 && isCover(state, parent)) heads.add(parent);
  }
}

/** The parents of an entry that its references are true edges to: those whose place among the heads it takes. */
export function trueParents(state: LogAndBelow, entry: LogEntry): LogEntry[] {
  return entry.parents.flatMap((reference) => {
    const parent = state.log.entries.get(reference.id);
    return parent !== undefined && isTrueEdge(entry, reference, parent) ? [parent] : [];
  });
}

/** The heads of the log as if these entries, and what they take the place of, were not in it. */
export function headsWithout(state: LogAndBelow, replaced: ReadonlySet<LogEntry>): Set<LogEntry> {
  const heads = new Set([...state.log.heads].filter((head) => !replaced.has(head)));
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
export function isCover(state: LogAndBelow, entry: LogEntry): boolean {
  return entry.status === "delivered" && !state.log.ahead.has(entry);
}

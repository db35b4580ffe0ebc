import type { LogEntry } from "./log-entry.ts";

interface Visit {
  readonly entry: LogEntry;
  readonly causes: Iterator<LogEntry>;
  readonly order: number;
  /** The earliest visit, of those still open, that it leads back to. */
  lowest: number;
}

/**
 * Unsigned messages can name each other in a circle. Of what waits under an entry: groups of those that wait for each other,
 * most of one, each group behind all that it waits for (Tarjan's algorithm, without recursion: a chain may be long).
 */
export function groupsCausesFirst(first: LogEntry, causesOf: (entry: LogEntry) => LogEntry[]): LogEntry[][] {
  const groups: LogEntry[][] = [];
  const visits = new Map<LogEntry, Visit>();
  const path: Visit[] = [];
  /** Visited, and in no group yet. */
  const open: LogEntry[] = [];
  const isOpen = new Set<LogEntry>();

  function visit(entry: LogEntry): void {
    const order = visits.size;
    const begun: Visit = { entry, causes: causesOf(entry).values(), order, lowest: order };
    visits.set(entry, begun);
    path.push(begun);
    open.push(entry);
    isOpen.add(entry);
  }

  function leave(left: Visit): void {
    const before = path.at(-1);
    if (before !== undefined) before.lowest = Math.min(before.lowest, left.lowest);
    if (left.lowest < left.order) return;
    const group = open.splice(open.lastIndexOf(left.entry));
    for (const entry of group) isOpen.delete(entry);
    groups.push(group);
  }

  visit(first);
  for (let current = path.at(-1); current !== undefined; current = path.at(-1)) {
    const { done, value } = current.causes.next();
    if (done === true) {
      path.pop();
      leave(current);
      continue;
    }
    const known = visits.get(value);
    if (known === undefined) visit(value);
    else if (isOpen.has(value)) current.lowest = Math.min(current.lowest, known.order);
  }
  return groups;
}

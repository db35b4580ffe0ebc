import { isAhead } from "../clock/lamport-clock.ts";
import { reachLamport } from "../clock/lamport-state.ts";
import { audienceFor } from "../participants/presence.ts";
import { setAhead } from "./ahead.ts";
import { headsAfterDelivery } from "./heads.ts";
import type { Edge, LogEntry } from "./log-entry.ts";
import type { LogAndBelow, LogContext } from "./log-state.ts";
import { ownEntry, ownLog } from "./own.ts";

/** The causal graph of what is held: how entries enter it, wait for each other, and take their place in the log. */

/** It is held. Not yet linked to anything. */
export function enterLog(state: LogAndBelow, entry: LogEntry): void {
  ownLog(state).entries.set(entry.id, entry);
}

/** It waits for its causes until connected time reaches `deadlineMs`. */
export function waitForCauses(state: LogAndBelow, entry: LogEntry, deadlineMs: number): void {
  ownLog(state).buffered.add(entry, deadlineMs);
}

/** Those whose patience ran out, in the order in which they came. Each is told once, and waits until it is delivered. */
export function takeOverdue(state: LogAndBelow, connectedMs: number): LogEntry[] {
  return ownLog(state).buffered.overdue(connectedMs);
}

/** `dependent` waits until `entry` is delivered. Whether that is one more thing it waits for is for `block` to say. */
export function addDependent(entry: LogEntry, dependent: LogEntry): void {
  const own = ownEntry(entry);
  if (own.dependents === null) own.dependents = new Set([dependent]);
  else own.dependents.add(dependent);
}

/** One more cause that is neither delivered nor declared lost. */
export function block(entry: LogEntry): void {
  ownEntry(entry).blocking++;
}

/** One cause less. True if it waited for nothing else and is to be delivered now. */
export function unblock(entry: LogEntry): boolean {
  return --ownEntry(entry).blocking === 0 && entry.status === "buffered";
}

/** Those that waited until this one is delivered, which it is: they wait for it no more. */
export function takeDependents(entry: LogEntry): ReadonlySet<LogEntry> {
  const { dependents } = entry;
  ownEntry(entry).dependents = null;
  return dependents ?? NOBODY;
}

const NOBODY: ReadonlySet<LogEntry> = new Set();

/** A child with a true edge was delivered before its parent came. */
export function noteEarlierChild(state: LogAndBelow, child: LogEntry, { lamport }: Edge, parent: LogEntry): void {
  if (!state.log.ahead.has(child)) ownEntry(parent).deliveredChildren++;
  if (lamport !== null) ownLog(state).buffered.notePassed(parent, lamport);
}

/** A message of somebody else names it with its true timestamp. */
export function noteNamedByOthers(entry: LogEntry): void {
  ownEntry(entry).namedByOthers = true;
}

/** All its causes are there, lost, or from before joining: it takes its place in the log. Its audience is fixed now. */
export function placeInLog(ctx: LogContext, entry: LogEntry): void {
  const { state, env } = ctx;
  const own = ownEntry(entry);
  own.status = "delivered";
  const { buffered, order } = ownLog(state);
  buffered.delete(entry);
  //= protocol: LEVEL-1, DELIVER-3
  own.audience = audienceFor(state, env.now, entry.author);
  order.insert(entry);
  headsAfterDelivery(state, entry);
  // It may have waited for its causes while the clock was set right, and the Lamport clock with it.
  if (isAhead(entry.lamport, env.now)) setAhead(state, entry);
  else reachLamport(ctx, entry.lamport);
}

/** What was forgotten. Nothing that stays may name it as held, or be found through it. */
export function forgetEntry(state: LogAndBelow, entry: LogEntry): void {
  const { entries, order, removed } = ownLog(state);
  entries.delete(entry.id);
  order.remove(entry);
  removed.delete(entry);
}

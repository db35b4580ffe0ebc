import type { MessageRecord } from "../io/records.ts";
import { noteWriter } from "../participants/presence.ts";
import { packHint } from "../wire/packed-hint.ts";
import { type Edge, edgesOf, isTrueEdge, type LogEntry } from "./log-entry.ts";
import type { LogAndBelow } from "./log-state.ts";
import { ownEntry, ownLog } from "./own.ts";

/** Edges name ids that other entries hold, so they come when all are there. */
const NO_EDGES: readonly Edge[] = [];

/** The entries of all that is stored, in that order, with their edges; neither linked nor in the log yet. */
export function restoreEntries(state: LogAndBelow, records: readonly MessageRecord[]): LogEntry[] {
  const restored = records.map((record) => restoreEntry(state, record));
  const { entries } = ownLog(state);
  for (const entry of restored) entries.set(entry.id, entry);
  for (const [index, { parents }] of records.entries()) {
    const entry = restored[index];
    if (entry !== undefined) ownEntry(entry).parents = edgesOf(state.log, parents);
  }
  return restored;
}

function restoreEntry(state: LogAndBelow, record: MessageRecord): LogEntry {
  const author = state.participants.byId.get(record.sender);
  if (author === undefined) throw new Error(`Message ${record.id} is by ${record.sender}, who is not in storage.`);
  noteWriter(state, author);
  return {
    id: record.id,
    lamport: record.lamport,
    author,
    mine: record.mine,
    signed: record.signed,
    authorSeq: record.authorSeq,
    type: record.type,
    composedAt: record.composedAt,
    parents: NO_EDGES,
    receivedAt: record.receivedAt,
    size: record.size,
    number: ownLog(state).nextNumber++,
    status: record.status,
    hint: packHint(record.hint),
    removed: record.removed ?? false,
    audience: record.audience,
    trailerHolds: false,
    blocking: 0,
    dependents: null,
    deliveredChildren: 0,
    namedByOthers: false,
    timesListedBare: 0,
  };
}

/** Linking counted what each entry misses. What had been delivered past that stays delivered; what waits goes on waiting. */
export function settleEntries(
  state: LogAndBelow,
  entries: readonly LogEntry[],
  records: readonly MessageRecord[],
): void {
  for (const entry of entries) countAsChild(state, entry);
  for (const [index, { waitsUntilConnectedMs }] of records.entries()) {
    const entry = entries[index];
    if (entry?.status === "buffered") waitOn(state, entry, waitsUntilConnectedMs);
    else if (entry !== undefined) settleDelivered(state, entry);
  }
}

function countAsChild(state: LogAndBelow, child: LogEntry): void {
  if (child.status !== "delivered") return;
  for (const reference of child.parents) {
    const parent = state.log.entries.get(reference.id);
    if (parent === undefined || !isTrueEdge(child, reference, parent)) continue;
    ownEntry(parent).deliveredChildren++;
    if (parent.status === "buffered" && reference.lamport !== null) {
      ownLog(state).buffered.notePassed(parent, reference.lamport);
    }
  }
}

/** A process that never lives for ten minutes would deliver nothing if each start gave it ten minutes more. */
function waitOn(state: LogAndBelow, entry: LogEntry, waitsUntil = Number.POSITIVE_INFINITY): void {
  const { accumulatedMs } = state.clock.connection;
  const patience = accumulatedMs + state.identity.parameters.lostAfterMs;
  // What it waited for may count as known by now.
  ownLog(state).buffered.add(entry, entry.blocking === 0 ? accumulatedMs : Math.min(waitsUntil, patience));
}

function settleDelivered(state: LogAndBelow, entry: LogEntry): void {
  const own = ownLog(state);
  ownEntry(entry).blocking = 0;
  own.order.insert(entry);
  if (entry.removed) own.removed.add(entry);
  if (entry.deliveredChildren === 0) own.heads.add(entry);
  if (entry.mine && (own.lastOwn === null || entry.lamport > own.lastOwn.lamport)) own.lastOwn = entry;
}

/** The highest sequence number that this device gave, as it was stored. */
export function restoreAuthorSeq(state: LogAndBelow, authorSeq: number): void {
  ownLog(state).authorSeq = authorSeq;
}

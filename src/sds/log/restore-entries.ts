import type { MessageRecord, ParentReference } from "../io/records.ts";
import { noteWriter } from "../participants/presence.ts";
import { isPacked, packHint } from "../wire/packed-hint.ts";
import { noteNamedByOthers } from "./graph.ts";
import { type Edge, edgeTo, isTrueEdge, type LogEntry, mayLeadDown } from "./log-entry.ts";
import type { LogAndBelow } from "./log-state.ts";
import { ownEntry, ownLog } from "./own.ts";
import { createRestoredGraph, NO_WAY, NOT_HELD, type RestoredGraph } from "./restored-graph.ts";

/** Edges name ids that other entries hold, so they come when all are there. */
const NO_EDGES: readonly Edge[] = [];

/** What is held again, before it is known what waits for what. */
export interface RestoredEntries {
  readonly graph: RestoredGraph;
  /** In order: the edges to what is not held or waits itself. Each says whether its entry waits too. */
  readonly open: readonly (readonly [child: LogEntry, edge: Edge])[];
}

/** The entries of all that is stored, in that order, with their edges; none is in the log yet. */
export function restoreEntries(state: LogAndBelow, records: readonly MessageRecord[]): RestoredEntries {
  const { entries: held } = ownLog(state);
  const entries = records.map((record) => restoreEntry(state, record));
  for (const entry of entries) held.set(entry.id, entry);
  const graph = createRestoredGraph(entries, (index) => records[index]?.parents.length ?? 0);
  const open: [LogEntry, Edge][] = [];
  /** The edge to each entry that was made last: all who name it as truly, with the same hint, share one. */
  const shared = new Array<Edge | undefined>(entries.length);

  function edgeOf(reference: ParentReference, parent: LogEntry | undefined): Edge {
    if (parent === undefined) return edgeTo(reference, undefined);
    const known = shared[parent.number];
    if (known?.lamport === reference.lamport && isPacked(known.hint, reference.hint)) return known;
    const edge = edgeTo(reference, parent);
    shared[parent.number] = edge;
    return edge;
  }

  for (let number = 0; number < entries.length; number++) {
    const child = entries[number] as LogEntry;
    let place = graph.firstEdge[number] as number;
    ownEntry(child).parents = (records[number] as MessageRecord).parents.map((reference) => {
      const parent = held.get(reference.id);
      const edge = edgeOf(reference, parent);
      if (parent === undefined || parent.status === "buffered") open.push([child, edge]);
      if (parent !== undefined && isTrueEdge(child, edge, parent)) noteChild(state, child, edge, parent);
      graph.leadsTo[place] = wayOf(child, edge, parent);
      graph.lamports[place++] = edge.lamport ?? Number.NaN;
      return edge;
    });
  }
  return { graph, open };
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
    ...(record.levelPercent === undefined ? {} : { levelPercent: record.levelPercent }),
    trailerHolds: false,
    blocking: 0,
    dependents: null,
    deliveredChildren: 0,
    namedByOthers: false,
    timesListedBare: 0,
  };
}

function wayOf(child: LogEntry, edge: Edge, parent: LogEntry | undefined): number {
  if (!mayLeadDown(child, edge)) return NO_WAY;
  if (parent === undefined) return NOT_HELD;
  return isTrueEdge(child, edge, parent) ? parent.number : NO_WAY;
}

/** The edge is a true one. */
function noteChild(state: LogAndBelow, child: LogEntry, { lamport }: Edge, parent: LogEntry): void {
  if (!child.mine) noteNamedByOthers(parent);
  if (child.status !== "delivered") return;
  ownEntry(parent).deliveredChildren++;
  if (parent.status === "buffered" && lamport !== null) ownLog(state).buffered.notePassed(parent, lamport);
}

/** Linking counted what each entry misses. What had been delivered past that stays delivered; what waits goes on waiting. */
export function settleEntries(
  state: LogAndBelow,
  { entries, inOrder }: Pick<RestoredGraph, "entries" | "inOrder">,
  records: readonly MessageRecord[],
): void {
  const { order } = ownLog(state);
  for (const entry of inOrder) if (entry.status === "delivered") order.insert(entry);
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as LogEntry;
    if (entry.status === "buffered") waitOn(state, entry, records[index]?.waitsUntilConnectedMs);
    else settleDelivered(state, entry);
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
  if (entry.removed) own.removed.add(entry);
  if (entry.deliveredChildren === 0) own.heads.add(entry);
  if (entry.mine && (own.lastOwn === null || entry.lamport > own.lastOwn.lamport)) own.lastOwn = entry;
}

/** The highest sequence number that this device gave, as it was stored. */
export function restoreAuthorSeq(state: LogAndBelow, authorSeq: number): void {
  ownLog(state).authorSeq = authorSeq;
}

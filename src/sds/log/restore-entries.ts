import { GrowingNumbers } from "../collections/growing-numbers.ts";
import type { StoredMessage, StoredMessages, StoredParent } from "../io/records.ts";
import type { Participant } from "../participants/participant.ts";
import { noteWriter } from "../participants/presence.ts";
import type { MessageId } from "../wire/ids.ts";
import { isPacked, packHint } from "../wire/packed-hint.ts";
import { noteNamedByOthers } from "./graph.ts";
import { type Edge, edgeTo, isTrueEdge, type LogEntry, mayLeadDown } from "./log-entry.ts";
import type { LogAndBelow } from "./log-state.ts";
import { ownEntry, ownLog } from "./own.ts";
import { createRestoredGraph, NO_WAY, NOT_HELD, type RestoredGraph } from "./restored-graph.ts";

export interface RestoringEntries extends StoredMessages {
  finish(): RestoredEntries;
}

/** What is held again, before it is known what waits for what. */
export interface RestoredEntries {
  readonly graph: RestoredGraph;
  /** In order: the edges to what is not held or waits itself. Each says whether its entry waits too. */
  readonly open: readonly (readonly [child: LogEntry, edge: Edge])[];
  /** Until when those wait that have a time of their own. */
  readonly waitsUntil: ReadonlyMap<LogEntry, number>;
}

/**
 * The entries of all that is stored, in that order, with their edges; none is in the order of the log yet. Authors are known
 * already. A cause is nearly always written before what builds on it, so that an edge finds what it leads to at once.
 */
export function restoreEntries(state: LogAndBelow): RestoringEntries {
  const { entries: held } = ownLog(state);
  /** By number of this restart; null where one was removed. */
  const entries: (LogEntry | null)[] = [];
  /** How often something was put: an entry keeps its number when another record takes its place, and these go on. */
  let puts = 0;
  const putAs = new GrowingNumbers();
  /** Where the edges of each entry begin in `ways`: to the number of an entry, or `NOT_HELD`. */
  const firstWay = new GrowingNumbers();
  const ways = new GrowingNumbers();
  const waitsUntil = new Map<LogEntry, number>();
  /** The edge to each entry that was made last: all who name it as truly, with the same hint, share one. */
  const shared: (Edge | undefined)[] = [];
  /** The audience of each author's newest entry: it changes when somebody comes or goes, and that is seldom. */
  const audiences = new Map<Participant, readonly number[]>();

  function put(record: StoredMessage): number {
    const before = held.get(record.id);
    const number = before?.number ?? entries.length;
    const replaced = before === undefined ? -1 : putAs.at(number);
    if (before !== undefined) waitsUntil.delete(before);
    const entry = entryOf(state, record, number, audiences);
    entries[number] = entry;
    held.set(record.id, entry);
    putAs.set(number, puts++);
    firstWay.set(number, ways.length);
    ownEntry(entry).parents = record.parents.map((reference) => {
      const parent = held.get(reference.id);
      ways.push(parent === undefined ? NOT_HELD : parent.number);
      return parent === undefined ? edgeTo(reference, undefined) : edgeOf(reference, parent);
    });
    if (record.waitsUntilConnectedMs !== undefined) waitsUntil.set(entry, record.waitsUntilConnectedMs);
    return replaced;
  }

  function edgeOf(reference: StoredParent, parent: LogEntry): Edge {
    const known = shared[parent.number];
    if (known?.lamport === reference.lamport && isPacked(known.hint, reference.hint)) return known;
    const edge = edgeTo(reference, parent);
    shared[parent.number] = edge;
    return edge;
  }

  function remove(id: MessageId): number {
    const entry = held.get(id);
    if (entry === undefined) return -1;
    held.delete(id);
    entries[entry.number] = null;
    waitsUntil.delete(entry);
    return putAs.at(entry.number);
  }

  /** What an edge leads to: that may have been put later than what names it, or anew, or be gone. */
  function follow({ id }: Edge, way: number): LogEntry | undefined {
    return (way === NOT_HELD ? null : entries[way]) ?? held.get(id);
  }

  /** The same edge, which shares what it can with what it leads to. */
  function adopted({ lamport, hint }: Edge, parent: LogEntry): Edge {
    const known = shared[parent.number];
    if (known?.lamport === lamport && known.hint === hint) return known;
    const edge = { id: parent.id, lamport, hint: hint === parent.hint ? parent.hint : hint };
    shared[parent.number] = edge;
    return edge;
  }

  function finish(): RestoredEntries {
    const all = entries.filter((entry) => entry !== null);
    const graph = createRestoredGraph(all, (index) => (all[index] as LogEntry).parents.length);
    const open: [LogEntry, Edge][] = [];
    /** Numbers are dense: those behind what was removed move up. They are found by their old ones until all are followed. */
    const moved = all.length === entries.length ? null : new GrowingNumbers();
    if (moved !== null) for (const [number, entry] of all.entries()) moved.set(entry.number, number);
    for (let number = 0; number < all.length; number++) {
      const child = all[number] as LogEntry;
      const first = firstWay.at(child.number);
      let place = graph.firstEdge[number] as number;
      for (let index = 0; index < child.parents.length; index++) {
        const way = ways.at(first + index);
        let edge = child.parents[index] as Edge;
        const parent = follow(edge, way);
        if (way === NOT_HELD && parent !== undefined) {
          edge = adopted(edge, parent);
          (child.parents as Edge[])[index] = edge;
        }
        if (parent === undefined || parent.status === "buffered") open.push([child, edge]);
        if (parent !== undefined && isTrueEdge(child, edge, parent)) noteChild(state, child, edge, parent);
        const leadsTo = wayOf(child, edge, parent);
        graph.leadsTo[place] = leadsTo < 0 || moved === null ? leadsTo : moved.at(leadsTo);
        graph.lamports[place++] = edge.lamport ?? Number.NaN;
      }
    }
    for (const [number, entry] of all.entries()) {
      noteWriter(state, entry.author);
      if (moved !== null) ownEntry(entry).number = number;
    }
    ownLog(state).nextNumber = all.length;
    return { graph, open, waitsUntil };
  }

  return { put, remove, finish };
}

/** Edges name ids that other entries hold, so they come when all are there. */
const NO_EDGES: readonly Edge[] = [];

function entryOf(
  state: LogAndBelow,
  record: StoredMessage,
  number: number,
  audiences: Map<Participant, readonly number[]>,
): LogEntry {
  const author = state.participants.byId.get(record.sender);
  if (author === undefined) throw new Error(`Message ${record.id} is by ${record.sender}, who is not in storage.`);
  const known = audiences.get(author);
  const audience = known !== undefined && isSame(known, record.audience) ? known : record.audience;
  if (audience !== known) audiences.set(author, audience);
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
    number,
    status: record.status,
    hint: packHint(record.hint),
    removed: record.removed ?? false,
    audience,
    ...(record.levelPercent === undefined ? {} : { levelPercent: record.levelPercent }),
    trailerHolds: false,
    blocking: 0,
    dependents: null,
    deliveredChildren: 0,
    namedByOthers: false,
    timesListedBare: 0,
  };
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
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
  waitsUntil: ReadonlyMap<LogEntry, number>,
): void {
  const { order } = ownLog(state);
  for (const entry of inOrder) if (entry.status === "delivered") order.insert(entry);
  for (const entry of entries) {
    if (entry.status === "buffered") waitOn(state, entry, waitsUntil.get(entry));
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

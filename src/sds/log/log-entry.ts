import type { Owned } from "../io/owned.ts";
import type { MessageRecord, ParentReference, StoredParent } from "../io/records.ts";
import type { Participant } from "../participants/participant.ts";
import type { MessageId } from "../wire/ids.ts";
import { type PackedHint, packHint, unpackHint } from "../wire/packed-hint.ts";

/** A `ParentReference` as a log entry keeps it. */
export interface Edge {
  readonly id: MessageId;
  readonly lamport: number | null;
  readonly hint: PackedHint | undefined;
}

/** A content message that we hold, as a node of the causal graph. Its bytes are in storage, not here. */
export interface LogEntry {
  readonly id: MessageId;
  /** Fixed for what is signed; an unsigned message takes the place of its lowest copy. */
  readonly lamport: number;
  readonly author: Participant;
  readonly mine: boolean;
  /** The author's signature holds. Ancestry never passes through an entry that is not signed. */
  readonly signed: boolean;
  readonly authorSeq: number | null;
  readonly type: number;
  readonly composedAt: number;
  readonly parents: readonly Edge[];
  readonly receivedAt: number;
  /** Bytes of the SDS message. */
  readonly size: number;
  /** The trailer of the stored bytes was verified, in this run. */
  readonly trailerHolds: boolean;
  /** Dense number of this entry in this run: the index into each participant's credits. */
  readonly number: number;

  readonly status: "buffered" | "delivered";
  readonly hint: PackedHint | undefined;
  /** The share of the audience that its author asked for, when no record of its delivery is kept any more. */
  readonly levelPercent?: number;
  /** Its author deleted it on this device. */
  readonly removed: boolean;
  readonly audience: readonly number[];
  /** Dependencies that are neither delivered nor declared lost. Zero means deliverable. */
  readonly blocking: number;
  /** Buffered entries that wait until this one is delivered. Null: none, and most never have any. */
  readonly dependents: ReadonlySet<LogEntry> | null;
  /** Delivered entries that name this one with its true Lamport timestamp. */
  readonly deliveredChildren: number;
  /** A message of somebody else names it so. */
  readonly namedByOthers: boolean;
  /** How often a sync named it outright because heads do not prove it. */
  readonly timesListedBare: number;
}

/** The part of an entry that is persisted. `waitsUntil` is its deadline in the incoming buffer, Infinity elsewhere. */
export function recordOf(entry: LogEntry, waitsUntil: number): MessageRecord {
  const record: Owned<MessageRecord> = {
    id: entry.id,
    lamport: entry.lamport,
    sender: entry.author.id,
    mine: entry.mine,
    signed: entry.signed,
    authorSeq: entry.authorSeq,
    type: entry.type,
    composedAt: entry.composedAt,
    size: entry.size,
    parents: entry.parents.map(referenceOf),
    status: entry.status,
    receivedAt: entry.receivedAt,
    audience: entry.audience,
    hint: unpackHint(entry.hint),
  };
  if (waitsUntil !== Number.POSITIVE_INFINITY) record.waitsUntilConnectedMs = waitsUntil;
  if (entry.levelPercent !== undefined) record.levelPercent = entry.levelPercent;
  if (entry.removed) record.removed = true;
  return record;
}

/**
 * The edge test: a child's reference to a parent counts only if the Lamport timestamp that the child's author signed
 * for it is the parent's own, and lower than the child's. A false one would let a liar hide a head or forge ancestry.
 * An unsigned parent has no timestamp of its own that anybody could check, and its author may have held another copy of
 * it: who names it has it or declared it lost, whatever timestamp they signed, and nothing is proved below it.
 */
export function isTrueEdge(child: LogEntry, reference: Pick<Edge, "lamport">, parent: LogEntry): boolean {
  //= protocol: EDGE-1
  if (!child.signed || reference.lamport === null) return false;
  //= protocol: EDGE-6
  return !parent.signed || (reference.lamport === parent.lamport && parent.lamport < child.lamport);
}

/** A claim may follow it: its author signed for it, of an entry that is there, a lower timestamp than the entry's own. */
export function mayLeadDown(child: LogEntry, { lamport }: Pick<Edge, "lamport">): boolean {
  //= protocol: CLAIM-3, EDGE-5
  return child.signed && lamport !== null && lamport < child.lamport;
}

/** What names an entry as a parent. */
export function referenceOf({ id, lamport, hint }: Edge): ParentReference {
  return { id, lamport, hint: unpackHint(hint) };
}

/**
 * References as edges, with the ids of messages that we hold taken from there, and their hints where they say the same:
 * copies of them in each child would be a good part of what a message keeps in memory.
 */
export function edgesOf(
  { entries }: { readonly entries: ReadonlyMap<MessageId, LogEntry> },
  references: readonly ParentReference[],
): Edge[] {
  return references.map((reference) => edgeTo(reference, entries.get(reference.id)));
}

/** The same of one reference. `held`: the message that it names, if that is held. */
export function edgeTo({ id, lamport, hint }: StoredParent, held: LogEntry | undefined): Edge {
  const packed = packHint(hint);
  if (held === undefined) return { id, lamport, hint: packed };
  return { id: held.id, lamport, hint: packed === held.hint ? held.hint : packed };
}

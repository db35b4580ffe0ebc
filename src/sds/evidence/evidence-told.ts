import { comparePlaces } from "../collections/ordered-log.ts";
import { ledger } from "../io/step-context.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { settleOutbox } from "../outbox/outbox-settlement.ts";
import type { Participant } from "../participants/participant.ts";
import type { MessageId } from "../wire/ids.ts";
import type { Gain, Word } from "./claim-walk.ts";
import type { EvidenceContext } from "./evidence-state.ts";
import { receivedBy } from "./received-by.ts";

/** Ledger rows stay small: one row names at most as many ids as a message can list, 16 kB of them. */
const IDS_PER_ROW = 256;
/** More than the 200 rows of the largest view of who has what. */
const OTHERS_TOLD = 256;

export function wordOf(participant: Participant, by: Word["by"]): Word {
  return { participant, by, othersLeft: OTHERS_TOLD };
}

/** Tells what a word proved, and settles the own messages among it. */
export function tellGain(ctx: EvidenceContext, gain: Gain): void {
  const { word } = gain;
  const { participant } = word;
  const told = worthTelling(gain);
  tellEvidence(ctx, word, told);
  if (participant.publicKey === null) return;
  settleOwn(ctx, participant, told.listed);
  settleOwn(ctx, participant, told.ancestry);
}

function settleOwn(ctx: EvidenceContext, participant: Participant, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    if (entry.mine) settleOutbox(ctx, entry, participant, receivedBy(ctx.state, entry));
  }
}

type Told = Pick<Gain, "listed" | "ancestry">;

function tellEvidence(ctx: EvidenceContext, { participant, by }: Word, told: Told): void {
  const signed = participant.publicKey !== null;
  const all: MessageId[] = [];
  for (const { id } of told.listed) all.push(id);
  for (const { id } of told.ancestry) all.push(id);
  for (let start = 0; start < all.length; start += IDS_PER_ROW) {
    const ids = all.length <= IDS_PER_ROW ? all : all.slice(start, start + IDS_PER_ROW);
    const listed = Math.max(0, Math.min(ids.length, told.listed.length - start));
    ledger(ctx, ids, { kind: "evidence", participant: participant.index, by, listed, signed });
  }
}

/**
 * All that is gained for own messages; of others' the newest, as far as people look at once. The rest follows from the
 * claim whenever it is wanted: the first word of a new key must not write as much as the log is long, in however many
 * steps it is followed.
 */
function worthTelling(gain: Gain): Told {
  const { word, listed, ancestry } = gain;
  const others = countOthers(listed) + countOthers(ancestry);
  if (others <= word.othersLeft) {
    word.othersLeft -= others;
    return gain;
  }
  const newest = newestOf([...listed, ...ancestry].filter(isOthers), word.othersLeft);
  word.othersLeft -= newest.length;
  const told = new Set(newest);
  const isTold = (entry: LogEntry) => entry.mine || told.has(entry);
  return { listed: listed.filter(isTold), ancestry: ancestry.filter(isTold) };
}

/** Nearly every message tells of a few, so they are counted and not gathered. */
function countOthers(entries: readonly LogEntry[]): number {
  let count = 0;
  for (const entry of entries) if (isOthers(entry)) count++;
  return count;
}

function isOthers({ mine }: LogEntry): boolean {
  return !mine;
}

function newestOf(entries: LogEntry[], count: number): LogEntry[] {
  return count === 0 ? [] : entries.sort(comparePlaces).slice(-count);
}

/**
 * A run that died while it followed a word told nothing of what it had not reached, and this start derived it: an own
 * message would be sent again all day, though somebody has it.
 */
export function tellRestored(ctx: EvidenceContext): void {
  const { state } = ctx;
  const gains = new Map<Participant, LogEntry[]>();
  for (const { entry, stage } of state.outbox.items.values()) {
    if (stage === "settled") continue;
    const received = new Set<number>();
    for (const index of receivedBy(state, entry)) {
      const participant = state.participants.all[index];
      if (participant === undefined) continue;
      gains.set(participant, [...(gains.get(participant) ?? []), entry]);
      settleOutbox(ctx, entry, participant, received.add(index));
    }
  }
  for (const [participant, ancestry] of gains) {
    tellEvidence(ctx, wordOf(participant, "sync"), { listed: [], ancestry });
  }
}

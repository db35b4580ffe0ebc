import { type ChannelState, ledger, type StepContext } from "./channel-state.ts";
import type { MessageId } from "./ids.ts";
import { MAX_UNRESOLVED_CLAIMS } from "./limits.ts";
import { isTrueEdge, type LogEntry } from "./log-entry.ts";
import type { HistoryEntry } from "./message.ts";
import { comparePlaces } from "./ordered-log.ts";
import { settleOutbox } from "./outbox-settlement.ts";
import type { Participant } from "./participant.ts";
import { addPending } from "./pending-credit.ts";
import type { ClaimEntry } from "./records.ts";
import { isForgotten } from "./watermark.ts";

/** Ledger rows stay small: one row names at most this many ids. */
const IDS_PER_ROW = 256;
/** Entries that one word may walk over at once, about a millisecond's; the rest waits for the next steps. */
const MAX_WALKED = 4_096;
/** More than the rows of the largest view of who has what. */
const OTHERS_TOLD = 256;

interface Gain {
  readonly listed: LogEntry[];
  readonly ancestry: LogEntry[];
  /** Entries that may still be walked over in this step. */
  left: number;
}

const nothingGained = (): Gain => ({ listed: [], ancestry: [], left: MAX_WALKED });

/**
 * Takes a participant's verified word: they have each id they list, and everything signed below it from
 * `completeSince` on. Evidence only grows. Without a signature the word never counts as a receipt.
 */
export function applyClaim(
  ctx: StepContext,
  participant: Participant,
  claim: { readonly listed: readonly HistoryEntry[]; readonly completeSince: number; readonly by: "content" | "sync" },
): void {
  const gain = nothingGained();
  for (const { messageId } of claim.listed) {
    if (ctx.state.belowWatermark.has(messageId)) continue;
    claimListed(ctx.state, participant, messageId, claim.completeSince, gain);
  }
  if (participant.claims.changed) ctx.touchedParticipants.add(participant);
  record(ctx, participant, claim.by, gain);
}

/** A claim as it was stored: who has what is derived from it again. What followed from it is stored too. */
export function restoreClaim(state: ChannelState, participant: Participant, claim: ClaimEntry): void {
  claimListed(state, participant, claim.id, claim.completeSince, null);
}

/** A message arrived that claims were waiting for. */
export function applyPendingCredits(ctx: StepContext, entry: LogEntry): void {
  const pending = ctx.state.pendingCredits.get(entry.id);
  if (pending === undefined) return;
  ctx.state.pendingCredits.delete(entry.id);
  for (const { participant, completeSince, listed, signedLamport } of pending) {
    const gain = nothingGained();
    if (listed) {
      participant.unresolvedClaims--;
      // Now it shows whether it is needed.
      participant.claims.drop(entry.id);
      creditListed(ctx.state, participant, entry, completeSince, gain);
    } else {
      if (entry.signed && signedLamport !== entry.lamport) continue;
      walk(ctx.state, participant, [entry], completeSince, { gain, listed: null });
    }
    record(ctx, participant, "sync", gain);
  }
}

/**
 * Goes on with what a word had too much to walk over, the oldest first. The claim is kept from the beginning, so a restart
 * derives all of it.
 */
export function continueWalk(ctx: StepContext): void {
  const unfinished = ctx.state.unfinishedWalks.shift();
  if (unfinished === undefined) return;
  const { participant, completeSince, stack } = unfinished;
  const gain = nothingGained();
  walk(ctx.state, participant, stack, completeSince, { gain, listed: null });
  record(ctx, participant, "sync", gain);
}

/** What claims were waiting for came, and is not kept: they have nothing to wait for. */
export function dropPendingCredits({ state, touchedParticipants }: StepContext, id: MessageId): void {
  for (const { participant, listed } of state.pendingCredits.get(id) ?? []) {
    if (!listed) continue;
    participant.unresolvedClaims--;
    participant.claims.drop(id);
    touchedParticipants.add(participant);
  }
  state.pendingCredits.delete(id);
}

/** We hold it ourselves. */
export function creditHolder(state: ChannelState, entry: LogEntry): void {
  state.participants[0]?.credits.credit(entry.number, Number.POSITIVE_INFINITY);
}

/** Participants with exact, signed evidence of an entry, the author not among them. */
export function receivedBy(state: ChannelState, entry: LogEntry): Set<number> {
  const received = new Set<number>();
  for (const participant of state.participants) {
    if (participant === entry.author || participant.publicKey === null) continue;
    if (participant.credits.has(entry.number)) received.add(participant.index);
  }
  return received;
}

function claimListed(
  state: ChannelState,
  participant: Participant,
  id: MessageId,
  completeSince: number,
  gain: Gain | null,
): void {
  const entry = state.entries.get(id);
  if (entry === undefined) pendListed(state, participant, id, completeSince);
  else creditListed(state, participant, entry, completeSince, gain);
}

function pendListed(state: ChannelState, participant: Participant, id: MessageId, said: number): void {
  // What waits already has its place; told again, it must not lose it because others filled the rest.
  const waits = state.pendingCredits.get(id)?.some((credit) => credit.listed && credit.participant === participant);
  if (waits !== true && participant.unresolvedClaims >= MAX_UNRESOLVED_CLAIMS) return;
  const completeSince = participant.credits.bound(said);
  const credit = { participant, completeSince, listed: true, signedLamport: null };
  const added = addPending(state.pendingCredits, id, credit);
  if (added === "known") return;
  if (added === "new") participant.unresolvedClaims++;
  keepClaim(participant, id, completeSince, true);
}

/** What adds nothing is not kept: members who are asked for receipts list what they have proved long before. */
function creditListed(
  state: ChannelState,
  participant: Participant,
  entry: LogEntry,
  said: number,
  gain: Gain | null,
): void {
  const before = participant.credits.since(entry.number);
  if (before !== null && before <= said) return;
  const completeSince = participant.credits.bound(said);
  if (before !== null && before <= completeSince) return;
  const needed = walk(state, participant, [entry], completeSince, { gain, listed: entry });
  keepClaim(participant, entry.id, completeSince, needed);
}

/** An unsigned word counts for nothing, so it is not worth writing down. */
function keepClaim(participant: Participant, id: MessageId, completeSince: number, needed: boolean): void {
  if (participant.publicKey !== null) participant.claims.keep(id, completeSince, needed);
}

/**
 * Credits an entry and its signed ancestry down to `completeSince`. Stops where the participant was credited before
 * under the same or a lower bound: everything below was credited then. `completeSince` is one that the credits keep.
 * Drops the claims that this one proves. True if this one is needed for what is known of own messages, or may be.
 */
function walk(
  state: ChannelState,
  participant: Participant,
  stack: LogEntry[],
  completeSince: number,
  { gain, listed }: { readonly gain: Gain | null; readonly listed: LogEntry | null },
): boolean {
  let needed = false;
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    if (gain !== null && gain.left-- <= 0) {
      stack.push(entry);
      state.unfinishedWalks.push({ participant, completeSince, stack });
      return true;
    }
    const before = participant.credits.since(entry.number);
    if (participant.claims.dropProven(entry.id, completeSince)) needed = true;
    if (before !== null && before <= completeSince) continue;
    participant.credits.credit(entry.number, completeSince);
    if (before === null && entry.mine) needed = true;
    if (gain !== null && before === null && entry.author !== participant)
      (entry === listed ? gain.listed : gain.ancestry).push(entry);
    if (entry.signed && pushAncestors(state, participant, entry, completeSince, stack)) needed = true;
  }
  return needed;
}

/** True if an ancestor is awaited: what is below it is not known yet. */
function pushAncestors(
  state: ChannelState,
  participant: Participant,
  entry: LogEntry,
  completeSince: number,
  stack: LogEntry[],
): boolean {
  let awaited = false;
  for (const reference of entry.parents) {
    if (reference.lamport === null || reference.lamport < completeSince || reference.lamport >= entry.lamport) continue;
    const parent = state.entries.get(reference.id);
    if (isForgotten(state, reference)) continue;
    if (parent === undefined) {
      const credit = { participant, completeSince, listed: false, signedLamport: reference.lamport };
      if (addPending(state.pendingCredits, reference.id, credit) !== "known") awaited = true;
    } else if (isTrueEdge(entry, reference, parent)) {
      stack.push(parent);
    }
  }
  return awaited;
}

function record(ctx: StepContext, participant: Participant, by: "content" | "sync", gain: Gain): void {
  const signed = participant.publicKey !== null;
  const told = worthTelling(gain);
  const entries = [...told.listed, ...told.ancestry];
  for (let start = 0; start < entries.length; start += IDS_PER_ROW) {
    const part = entries.slice(start, start + IDS_PER_ROW);
    const listed = Math.max(0, Math.min(part.length, told.listed.length - start));
    const ids = part.map((entry) => entry.id);
    ledger(ctx, ids, { kind: "evidence", participant: participant.index, by, listed, signed });
  }
  if (!signed) return;
  for (const entry of entries) if (entry.mine) settleOutbox(ctx, entry, participant, receivedBy(ctx.state, entry));
}

/**
 * All that is gained for own messages; of others' the newest, as far as people look at once. The rest follows from the
 * claim whenever it is wanted: the first word of a new key must not write as much as the log is long.
 */
function worthTelling(gain: Gain): Gain {
  if (gain.listed.length + gain.ancestry.length <= OTHERS_TOLD) return gain;
  const others = [...gain.listed, ...gain.ancestry].filter(({ mine }) => !mine);
  if (others.length <= OTHERS_TOLD) return gain;
  const newest = new Set(others.sort(comparePlaces).slice(-OTHERS_TOLD));
  const isTold = (entry: LogEntry) => entry.mine || newest.has(entry);
  return { ...gain, listed: gain.listed.filter(isTold), ancestry: gain.ancestry.filter(isTold) };
}

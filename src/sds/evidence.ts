import { type ChannelState, ledger, type StepContext } from "./channel-state.ts";
import type { MessageId } from "./ids.ts";
import { MAX_UNRESOLVED_CLAIMS } from "./limits.ts";
import { isTrueEdge, type LogEntry } from "./log-entry.ts";
import type { HistoryEntry } from "./message.ts";
import { settleOutbox } from "./outbox-settlement.ts";
import { dropClaim, type Participant, setClaim } from "./participant.ts";
import type { PendingCredit } from "./pending-credit.ts";
import type { ClaimEntry } from "./records.ts";
import { isForgotten } from "./watermark.ts";

/** Ledger rows stay small: one row names at most this many ids. */
const IDS_PER_ROW = 256;

interface Gain {
  readonly listed: LogEntry[];
  readonly ancestry: LogEntry[];
}

/**
 * Takes a participant's verified word: they have each id they list, and everything signed below it from
 * `completeSince` on. Evidence only grows. Without a signature the word is kept, and never counts as a receipt.
 */
export function applyClaim(
  ctx: StepContext,
  participant: Participant,
  claim: { readonly listed: readonly HistoryEntry[]; readonly completeSince: number; readonly by: "content" | "sync" },
): void {
  const gain: Gain = { listed: [], ancestry: [] };
  for (const { messageId } of claim.listed) {
    if (ctx.state.belowWatermark.has(messageId)) continue;
    const completeSince = participant.credits.bound(claim.completeSince);
    noteClaim(participant, messageId, completeSince);
    const entry = ctx.state.entries.get(messageId);
    if (entry === undefined) pendListed(ctx.state, participant, messageId, completeSince);
    else walk(ctx.state, participant, entry, completeSince, true, gain);
  }
  ctx.touchedParticipants.add(participant);
  record(ctx, participant, claim.by, gain);
}

/** A claim as it was stored: who has what is derived from it again. What followed from it is stored too. */
export function restoreClaim(state: ChannelState, participant: Participant, claim: ClaimEntry): void {
  const { id } = claim;
  const completeSince = participant.credits.bound(claim.completeSince);
  noteClaim(participant, id, completeSince);
  const entry = state.entries.get(id);
  if (entry === undefined) pendListed(state, participant, id, completeSince);
  else walk(state, participant, entry, completeSince, true, null);
}

/** A message arrived that claims were waiting for. */
export function applyPendingCredits(ctx: StepContext, entry: LogEntry): void {
  const pending = ctx.state.pendingCredits.get(entry.id);
  if (pending === undefined) return;
  ctx.state.pendingCredits.delete(entry.id);
  for (const { participant, completeSince, listed, signedLamport } of pending) {
    if (listed) participant.unresolvedClaims--;
    else if (entry.signed && signedLamport !== entry.lamport) continue;
    const gain: Gain = { listed: [], ancestry: [] };
    walk(ctx.state, participant, entry, completeSince, listed, gain);
    record(ctx, participant, "sync", gain);
  }
}

/** What claims were waiting for came, and is not kept: they have nothing to wait for. */
export function dropPendingCredits({ state, touchedParticipants }: StepContext, id: MessageId): void {
  for (const { participant, listed } of state.pendingCredits.get(id) ?? []) {
    if (!listed) continue;
    participant.unresolvedClaims--;
    dropClaim(participant, id);
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

/** The set of claims stays minimal: one that a newer claim walks over, at no higher a bound, is dropped in `walk`. */
function noteClaim(participant: Participant, id: MessageId, completeSince: number): void {
  const before = participant.claims.get(id);
  if (before === undefined || completeSince < before) setClaim(participant, id, completeSince);
}

function pendListed(state: ChannelState, participant: Participant, id: MessageId, completeSince: number): void {
  // What waits already has its place; told again, it must not lose it because others filled the rest.
  const waits = state.pendingCredits.get(id)?.some((credit) => credit.listed && credit.participant === participant);
  if (waits !== true && participant.unresolvedClaims >= MAX_UNRESOLVED_CLAIMS) {
    dropClaim(participant, id);
    return;
  }
  if (pend(state, id, { participant, completeSince, listed: true, signedLamport: null }))
    participant.unresolvedClaims++;
}

/** False when the same participant's word for the same id is already waiting; the lower bound is kept. */
function pend(state: ChannelState, id: MessageId, credit: PendingCredit): boolean {
  const waiting = state.pendingCredits.get(id);
  if (waiting === undefined) {
    state.pendingCredits.set(id, [credit]);
    return true;
  }
  const same = waiting.findIndex(
    (other) =>
      other.participant === credit.participant &&
      other.listed === credit.listed &&
      other.signedLamport === credit.signedLamport,
  );
  const known = waiting[same];
  if (known === undefined) {
    waiting.push(credit);
    return true;
  }
  if (credit.completeSince < known.completeSince) waiting[same] = credit;
  return false;
}

/**
 * Credits an entry and its signed ancestry down to `completeSince`. Stops where the participant was credited before
 * under the same or a lower bound: everything below was credited then. `completeSince` is one that the credits keep.
 */
function walk(
  state: ChannelState,
  participant: Participant,
  from: LogEntry,
  completeSince: number,
  listed: boolean,
  gain: Gain | null,
): void {
  const stack = [from];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const before = participant.credits.since(entry.number);
    if (entry !== from || !listed) dropProvenClaim(participant, entry, completeSince);
    if (before !== null && before <= completeSince) continue;
    participant.credits.credit(entry.number, completeSince);
    if (gain !== null && before === null && entry.author !== participant)
      (entry === from && listed ? gain.listed : gain.ancestry).push(entry);
    if (entry.signed) pushAncestors(state, participant, entry, completeSince, stack);
  }
}

function dropProvenClaim(participant: Participant, entry: LogEntry, completeSince: number): void {
  const claimed = participant.claims.get(entry.id);
  if (claimed !== undefined && claimed >= completeSince) dropClaim(participant, entry.id);
}

function pushAncestors(
  state: ChannelState,
  participant: Participant,
  entry: LogEntry,
  completeSince: number,
  stack: LogEntry[],
): void {
  for (const reference of entry.parents) {
    if (reference.lamport === null || reference.lamport < completeSince || reference.lamport >= entry.lamport) continue;
    const parent = state.entries.get(reference.id);
    if (isForgotten(state, reference)) continue;
    if (parent === undefined) {
      const credit = { participant, completeSince, listed: false, signedLamport: reference.lamport };
      pend(state, reference.id, credit);
    } else if (isTrueEdge(entry, reference, parent)) {
      stack.push(parent);
    }
  }
}

function record(ctx: StepContext, participant: Participant, by: "content" | "sync", gain: Gain): void {
  const entries = [...gain.listed, ...gain.ancestry];
  const signed = participant.publicKey !== null;
  for (let start = 0; start < entries.length; start += IDS_PER_ROW) {
    const part = entries.slice(start, start + IDS_PER_ROW);
    const listed = Math.max(0, Math.min(part.length, gain.listed.length - start));
    const ids = part.map((entry) => entry.id);
    ledger(ctx, ids, { kind: "evidence", participant: participant.index, by, listed, signed });
  }
  if (!signed) return;
  for (const entry of entries) if (entry.mine) settleOutbox(ctx, entry, participant, receivedBy(ctx.state, entry));
}

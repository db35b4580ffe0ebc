import type { LogEntry } from "../log/log-entry.ts";
import { MAX_UNFINISHED_WALKS, MAX_UNRESOLVED_CLAIMS } from "../parameters/limits.ts";
import type { Participant } from "../participants/participant.ts";
import { countUnfinished, countUnresolved, credit, decideClaim, dropClaim, keepClaim } from "../participants/proven.ts";
import { touch } from "../participants/touched.ts";
import type { MessageId } from "../wire/ids.ts";
import type { HistoryEntry } from "../wire/message.ts";
import { createEffort, type Gain } from "./claim-walk.ts";
import type { EvidenceAndBelow, EvidenceContext } from "./evidence-state.ts";
import { tellGain, wordOf } from "./evidence-told.ts";
import { follow, inheritedSince, nothingGained } from "./evidence-walk.ts";
import { ownEvidence } from "./own.ts";

/**
 * Takes a participant's verified word: they have each id they list, and everything signed below it from
 * `completeSince` on. Evidence only grows. Without a signature the word never counts as a receipt.
 */
export function applyClaim(
  ctx: EvidenceContext,
  participant: Participant,
  claim: { readonly listed: readonly HistoryEntry[]; readonly completeSince: number; readonly by: "content" | "sync" },
): void {
  // Who says so much that it cannot be followed says it again, or did so for that.
  //= protocol: LIMIT-12
  if (participant.unfinishedWalks >= MAX_UNFINISHED_WALKS) return;
  const gain = nothingGained(ctx, wordOf(participant, claim.by));
  for (const { messageId } of claim.listed) {
    if (ctx.state.holes.belowWatermark.has(messageId)) continue;
    //= protocol: CLAIM-1
    claimListed(ctx.state, participant, messageId, claim.completeSince, gain);
  }
  if (participant.claims.changed) touch(ctx.state, participant);
  tellGain(ctx, gain);
}

/**
 * A message arrived that claims were waiting for. `children` are those that were held before and name it: who is known to
 * have one of them has it too.
 */
export function creditLate(ctx: EvidenceContext, entry: LogEntry, children: readonly LogEntry[]): void {
  const { state } = ctx;
  const pending = state.evidence.pending.get(entry.id);
  ownEvidence(state).pending.delete(entry.id);
  for (const [participant, completeSince] of pending ?? []) {
    countUnresolved(participant, -1);
    // Now it shows whether it is needed.
    dropClaim(participant, entry.id);
    const gain = nothingGained(ctx, wordOf(participant, "sync"));
    creditListed(state, participant, entry, completeSince, gain);
    tellGain(ctx, gain);
  }
  if (children.length === 0) return;
  for (const participant of state.participants.all) {
    const completeSince = participant.index === 0 ? null : inheritedSince(participant, entry, children);
    if (completeSince === null) continue;
    const gain = nothingGained(ctx, wordOf(participant, "sync"));
    follow(state, { participant, completeSince, stack: [entry], listed: null, needed: false }, gain);
    tellGain(ctx, gain);
  }
}

/**
 * Goes on with what words had too much to be followed at once, the oldest first. The claims are kept from the beginning, so
 * a restart derives all of it.
 */
export function continueWalks(ctx: EvidenceContext): void {
  const { unfinished, effort } = ownEvidence(ctx.state);
  for (const walk of unfinished) {
    if (effort.left <= 0) return;
    unfinished.delete(walk);
    const { participant, completeSince, listed } = walk;
    countUnfinished(participant, -1);
    const gain = nothingGained(ctx, walk.word);
    const need = follow(ctx.state, walk, gain);
    if (need !== "undecided" && listed !== null) decideClaim(participant, listed.id, completeSince, need);
    tellGain(ctx, gain);
  }
}

/** What claims were waiting for came, and is not kept: they have nothing to wait for. */
export function dropPendingCredits({ state }: EvidenceContext, id: MessageId): void {
  for (const participant of state.evidence.pending.get(id)?.keys() ?? []) {
    countUnresolved(participant, -1);
    dropClaim(participant, id);
    touch(state, participant);
  }
  ownEvidence(state).pending.delete(id);
}

/** We hold it ourselves. */
export function creditHolder(state: EvidenceAndBelow, entry: LogEntry): void {
  const [self] = state.participants.all;
  if (self !== undefined) credit(self, entry.number, Number.POSITIVE_INFINITY);
}

function claimListed(
  state: EvidenceAndBelow,
  participant: Participant,
  id: MessageId,
  completeSince: number,
  gain: Gain,
): void {
  const entry = state.log.entries.get(id);
  if (entry === undefined) pendListed(state, participant, id, completeSince);
  else creditListed(state, participant, entry, completeSince, gain);
}

/** "If this id turns up, this participant has it": a claim that cannot be followed yet. */
export function pendListed(
  state: EvidenceAndBelow,
  participant: Participant,
  id: MessageId,
  completeSince: number,
): void {
  const { pending } = ownEvidence(state);
  const waiting = pending.get(id) ?? new Map<Participant, number>();
  const before = waiting.get(participant);
  // What waits already has its place; told again, it must not lose it because others filled the rest.
  //= protocol: CLAIM-4
  if (before === undefined && participant.unresolvedClaims >= MAX_UNRESOLVED_CLAIMS) return;
  if (before !== undefined && before <= completeSince) return;
  if (before === undefined) countUnresolved(participant, 1);
  pending.set(id, waiting.set(participant, completeSince));
  keepClaim(participant, id, completeSince, "needed");
}

/** What adds nothing is not kept: members who are asked for receipts list what they have proved long before. */
function creditListed(
  state: EvidenceAndBelow,
  participant: Participant,
  entry: LogEntry,
  completeSince: number,
  gain: Gain,
): void {
  const before = participant.credits.since(entry.number);
  //= protocol: CLAIM-8
  if (before !== null && before <= completeSince) return;
  const need = follow(state, { participant, completeSince, stack: [entry], listed: entry, needed: false }, gain);
  keepClaim(participant, entry.id, completeSince, need);
}

/** Each step may follow so much. */
export function beginEffort(state: EvidenceAndBelow): void {
  ownEvidence(state).effort = createEffort();
}

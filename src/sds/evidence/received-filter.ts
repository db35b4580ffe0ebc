import { bloomOptions, drawDecoys, readBloom } from "../filter/bloom-gate.ts";
import type { IncomingClaim } from "../io/step-input.ts";
import { LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import type { Participant } from "../participants/participant.ts";
import { keepFilter } from "../participants/proven.ts";
import type { EvidenceAndBelow, EvidenceContext } from "./evidence-state.ts";
import { ownEvidence } from "./own.ts";

/** What a filter says of one message. */
export interface PossibleReceipt {
  readonly participant: Participant;
  /** That the filter says so of a message they do not have. */
  readonly chance: number;
  readonly signed: boolean;
  readonly at: number;
}

/** Some 19 kB each in a channel of the default size: keys are cheap, memory is not. */
const MAX_FILTERS = 256;

/** Keeps the filter of a participant's newest message, if it passes the gate. Nothing follows from it. */
export function noteFilter(ctx: EvidenceContext, participant: Participant, claim: IncomingClaim): void {
  const { state, env } = ctx;
  const { bloomFilter, lamport, signed } = claim;
  if (bloomFilter === undefined || participant.index === 0) return;
  // One from the future would stay the newest for ever.
  //= protocol: FILTER-5
  if (lamport <= (participant.filter?.lamport ?? -1) || lamport > env.now + LAMPORT_EMBARGO_MS) return;
  const { filters } = ownEvidence(state);
  filters.decoys ??= drawDecoys(env.random);
  const filter = readBloom(bloomFilter, bloomOptions(state.identity.parameters), filters.decoys);
  //= protocol: FILTER-6
  if (typeof filter === "string") {
    ctx.effects.push({ kind: "reject", reason: filter });
    return;
  }
  keepFilter(participant, { filter, lamport, signed, at: env.now });
  keepNewest(state, participant);
}

function keepNewest(state: EvidenceAndBelow, participant: Participant): void {
  const holders = ownEvidence(state).filters.holders;
  holders.delete(participant);
  holders.add(participant);
  const [oldest] = holders;
  //= protocol: LIMIT-10
  if (holders.size <= MAX_FILTERS || oldest === undefined) return;
  holders.delete(oldest);
  keepFilter(oldest, null);
}

/** Whose filter contains a message. For the details only: no state, level or audience may be made of it. */
export function possibleReceipts(state: EvidenceAndBelow, id: string): PossibleReceipt[] {
  //= protocol: FILTER-7
  const found: PossibleReceipt[] = [];
  for (const participant of state.evidence.filters.holders) {
    const { filter: received } = participant;
    if (received === null || !received.filter.has(id)) continue;
    const { filter, signed, at } = received;
    found.push({ participant, chance: filter.falsePositiveRate(), signed, at });
  }
  return found;
}

/** Delivered: others may look for it in our filter. Profile "sds" only. */
export function addToOwnFilter(state: EvidenceAndBelow, id: string): void {
  ownEvidence(state).ownFilter?.insert(id);
}

/** When the channel is restored: the newest by their place in the log, as when each was delivered is not kept. */
export function restoreOwnFilter(state: EvidenceAndBelow): void {
  const { ownFilter } = ownEvidence(state);
  if (ownFilter === null) return;
  const { order, ahead } = state.log;
  for (const entry of order.pageBefore(undefined, state.identity.parameters.bloomCapacity)) {
    if (!ahead.has(entry)) ownFilter.insert(entry.id);
  }
}

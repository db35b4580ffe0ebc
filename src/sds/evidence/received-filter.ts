import type { ChannelState, StepContext } from "../channel-state.ts";
import { bloomOptions, drawDecoys, readBloom } from "../filter/bloom-gate.ts";
import type { IncomingClaim } from "../io/step-input.ts";
import { LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import type { Participant } from "../participants/participant.ts";

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
export function noteFilter(ctx: StepContext, participant: Participant, claim: IncomingClaim): void {
  const { state, env } = ctx;
  const { bloomFilter, lamport, signed } = claim;
  if (bloomFilter === undefined || participant.index === 0) return;
  // One from the future would stay the newest for ever.
  if (lamport <= (participant.filter?.lamport ?? -1) || lamport > env.now + LAMPORT_EMBARGO_MS) return;
  state.filters.decoys ??= drawDecoys(env.random);
  const filter = readBloom(bloomFilter, bloomOptions(state.identity.parameters), state.filters.decoys);
  if (typeof filter === "string") {
    ctx.effects.push({ kind: "reject", reason: filter });
    return;
  }
  participant.filter = { filter, lamport, signed, at: env.now };
  keepNewest(state, participant);
}

function keepNewest({ filters: { holders } }: ChannelState, participant: Participant): void {
  holders.delete(participant);
  holders.add(participant);
  const [oldest] = holders;
  if (holders.size <= MAX_FILTERS || oldest === undefined) return;
  holders.delete(oldest);
  oldest.filter = null;
}

/** Whose filter contains a message. For the details only: no state, level or audience may be made of it. */
export function possibleReceipts(state: ChannelState, id: string): PossibleReceipt[] {
  const found: PossibleReceipt[] = [];
  for (const participant of state.filters.holders) {
    const { filter: received } = participant;
    if (received === null || !received.filter.has(id)) continue;
    const { filter, signed, at } = received;
    found.push({ participant, chance: filter.falsePositiveRate(), signed, at });
  }
  return found;
}

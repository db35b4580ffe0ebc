import { connectedNow } from "../clock/connected-time.ts";
import { ledger } from "../io/step-context.ts";
import type { Source } from "../io/step-input.ts";
import { HORIZON_MS, LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import type { ParticipantId } from "../wire/ids.ts";
import { type OwnPresent, ownParticipant, ownParticipants } from "./own.ts";
import { createParticipant, type Participant } from "./participant.ts";
import type { ParticipantsAndBelow, ParticipantsContext } from "./participants-state.ts";
import { touch } from "./touched.ts";

/**
 * The participant of this id; meets them if they are new. `publicKey` is null for an unsigned word. It is copied: it is
 * kept for long, and may be a view of a message.
 */
export function meet(ctx: ParticipantsContext, id: ParticipantId, publicKey: Uint8Array | null): Participant {
  const { state } = ctx;
  const known = state.participants.byId.get(id);
  if (known !== undefined) {
    if (known.publicKey === null && publicKey !== null) {
      ownParticipant(known).publicKey = publicKey.slice();
      ownParticipants(state).present = null;
    }
    return known;
  }
  const own = ownParticipants(state);
  const participant = createParticipant(own.all.length, id, publicKey?.slice() ?? null);
  own.all.push(participant);
  own.byId.set(id, participant);
  own.strangers.add(participant);
  own.present = null;
  own.touched.add(participant);
  ledger(ctx, [], { kind: "participant", participant: participant.index });
  return participant;
}

/** A message of this participant is held. */
export function noteWriter(state: ParticipantsAndBelow, author: Participant): void {
  ownParticipants(state).strangers.delete(author);
}

/**
 * A verified sync says that its sender was there. From a Store it says so only of the time when it was sent: a replay of
 * old traffic makes nobody present. Live, the sender's clock is not believed: a wrong one would shrink the audience.
 */
export function hearSync(ctx: ParticipantsContext, participant: Participant, source: Source, lamport: number): void {
  //= protocol: PRESENCE-1
  hear(ctx, participant, source === "live" ? 0 : ctx.env.now - lamport);
}

/**
 * Content that is older than clocks may differ was sent again, by its author or by anybody who repaired it, so it says
 * only that its author was there when it was written. An author who is there says so by syncs.
 */
export function hearContent(ctx: ParticipantsContext, author: Participant, source: Source, lamport: number): void {
  const age = ctx.env.now - lamport;
  //= protocol: PRESENCE-2
  hear(ctx, author, source === "live" && age <= LAMPORT_EMBARGO_MS ? 0 : age);
}

/** Heard so many milliseconds ago; nothing that old or that new says anything of today. */
function hear(ctx: ParticipantsContext, participant: Participant, age: number): void {
  const { state, env } = ctx;
  //= protocol: PRESENCE-3
  if (age > HORIZON_MS || age < -LAMPORT_EMBARGO_MS) return;
  const heardConnectedMs = connectedNow(state, env.now) - Math.max(0, age);
  if (heardConnectedMs <= participant.heardConnectedMs) return;
  const wasPresent = isPresent(state, participant, env.now);
  const own = ownParticipant(participant);
  own.heardConnectedMs = heardConnectedMs;
  own.heardAt = env.now - Math.max(0, age);
  touch(state, participant);
  const returned = !wasPresent && isPresent(state, participant, env.now);
  if (returned) ownParticipants(state).present = null;
  if (returned) ledger(ctx, [], { kind: "participant", participant: participant.index });
}

export function isPresent(state: ParticipantsAndBelow, participant: Participant, now: number): boolean {
  if (participant.index === 0) return true;
  return connectedNow(state, now) - participant.heardConnectedMs < state.identity.parameters.presenceWindowMs;
}

/** Indexes of everybody who can be a named receiver and was heard within the presence window, this device included. */
export function presentParticipants(state: ParticipantsAndBelow, now: number): readonly number[] {
  return presentNow(state, now).indexes;
}

/** Those who are present and may come to have a message of this author. */
export function audienceFor(state: ParticipantsAndBelow, now: number, author: Participant): readonly number[] {
  //= protocol: LEVEL-1
  const { indexes, audiences } = presentNow(state, now);
  const known = audiences.get(author.index);
  if (known !== undefined) return known;
  const audience = indexes.filter((index) => index !== author.index);
  audiences.set(author.index, audience);
  return audience;
}

function presentNow(state: ParticipantsAndBelow, now: number): OwnPresent {
  const connectedMs = connectedNow(state, now);
  const { present } = ownParticipants(state);
  if (present !== null && present.fromConnectedMs <= connectedMs && connectedMs < present.untilConnectedMs)
    return present;
  const { presenceWindowMs } = state.identity.parameters;
  const indexes: number[] = [];
  let untilConnectedMs = Number.POSITIVE_INFINITY;
  for (const participant of state.participants.all) {
    if (participant.publicKey === null || !isPresent(state, participant, now)) continue;
    indexes.push(participant.index);
    if (participant.index === 0) continue;
    untilConnectedMs = Math.min(untilConnectedMs, participant.heardConnectedMs + presenceWindowMs);
  }
  const found = { indexes, fromConnectedMs: connectedMs, untilConnectedMs, audiences: new Map() };
  ownParticipants(state).present = found;
  return found;
}

/** How participants call themselves: the profile with the highest Lamport timestamp. */
export function applyProfileName(
  ctx: ParticipantsContext,
  participant: Participant,
  name: string,
  lamport: number,
): void {
  //= protocol: WIRE-19
  if (lamport <= participant.nameLamport) return;
  const own = ownParticipant(participant);
  own.name = name;
  own.nameLamport = lamport;
  touch(ctx.state, participant);
  ledger(ctx, [], { kind: "participant", participant: participant.index });
}

import type { BudgetAndBelow } from "../budget/budget-state.ts";
import type { ChannelIdentity, StepContext } from "../io/step-context.ts";
import type { ParticipantId } from "../wire/ids.ts";
import { createParticipant, type Participant } from "./participant.ts";
import type { PresentParticipants } from "./present-participants.ts";

/** What the room "participants" owns: who was heard, and when. */
export interface ParticipantsState {
  /** By index; 0 is this device. */
  readonly all: readonly Participant[];
  readonly byId: ReadonlyMap<ParticipantId, Participant>;
  /** Others of whom no message was held. Derived. */
  readonly strangers: ReadonlySet<Participant>;
  /** Derived from `all`; null when it has to be found anew. */
  readonly present: PresentParticipants | null;
  /** Whose record this step changed: written at its end. */
  readonly touched: ReadonlySet<Participant>;
}

export interface ParticipantsAndBelow extends BudgetAndBelow {
  readonly participants: ParticipantsState;
}

export function createParticipantsState({ self: id, publicKey }: ChannelIdentity): ParticipantsState {
  const self = createParticipant(0, id, publicKey);
  return { all: [self], byId: new Map([[id, self]]), strangers: new Set(), present: null, touched: new Set() };
}

export type ParticipantsContext = StepContext<ParticipantsAndBelow>;

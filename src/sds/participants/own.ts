import type { Owned } from "../io/owned.ts";
import type { Participant } from "./participant.ts";
import type { ParticipantsAndBelow, ParticipantsState } from "./participants-state.ts";
import type { PresentParticipants } from "./present-participants.ts";

export interface OwnPresent extends PresentParticipants {
  readonly audiences: Map<number, readonly number[]>;
}

interface OwnParticipantsState extends Omit<Owned<ParticipantsState>, "all" | "present"> {
  readonly all: Participant[];
  present: OwnPresent | null;
}

/** For the files of this room only: its slice, and its participants, to write to. */
export function ownParticipants({ participants }: ParticipantsAndBelow): OwnParticipantsState {
  return participants as OwnParticipantsState;
}

export function ownParticipant(participant: Participant): Owned<Participant> {
  return participant as Owned<Participant>;
}

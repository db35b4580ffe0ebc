import type { Owned } from "../io/owned.ts";
import type { Participant } from "./participant.ts";
import type { ParticipantsAndBelow, ParticipantsState } from "./participants-state.ts";

interface OwnParticipantsState extends Omit<Owned<ParticipantsState>, "all"> {
  readonly all: Participant[];
}

/** For the files of this room only: its slice, and its participants, to write to. */
export function ownParticipants({ participants }: ParticipantsAndBelow): OwnParticipantsState {
  return participants as OwnParticipantsState;
}

export function ownParticipant(participant: Participant): Owned<Participant> {
  return participant as Owned<Participant>;
}

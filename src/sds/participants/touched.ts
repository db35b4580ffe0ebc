import { ownParticipants } from "./own.ts";
import { type Participant, participantRecordOf } from "./participant.ts";
import type { ParticipantsAndBelow, ParticipantsContext } from "./participants-state.ts";

/** Something of this participant changed that is stored: their record is written at the end of the step. */
export function touch(state: ParticipantsAndBelow, participant: Participant): void {
  ownParticipants(state).touched.add(participant);
}

/** At the end of a step. */
export function saveTouched({ state, changes }: Pick<ParticipantsContext, "state" | "changes">): void {
  const { touched } = ownParticipants(state);
  for (const participant of touched) {
    changes.push({ op: "put", table: "participant", record: participantRecordOf(participant) });
  }
  touched.clear();
}

import type { ParticipantRecord } from "../io/records.ts";
import { ownParticipant, ownParticipants } from "./own.ts";
import { createParticipant } from "./participant.ts";
import type { ParticipantsAndBelow } from "./participants-state.ts";

/** Everybody who was heard, as they were stored; what their claims prove is derived later. */
export function restoreParticipants(state: ParticipantsAndBelow, records: readonly ParticipantRecord[]): void {
  for (const record of [...records].sort((a, b) => a.index - b.index)) restoreParticipant(state, record);
}

function restoreParticipant(state: ParticipantsAndBelow, record: ParticipantRecord): void {
  const { all, byId, strangers } = ownParticipants(state);
  const participant = all[record.index] ?? createParticipant(record.index, record.id, record.publicKey);
  const own = ownParticipant(participant);
  own.heardAt = record.heardAt;
  own.heardConnectedMs = record.heardConnectedMs;
  own.lastClaimLamport = record.lastClaimLamport;
  own.name = record.name;
  own.nameLamport = record.nameLamport;
  all[record.index] = participant;
  byId.set(record.id, participant);
  if (record.index > 0) strangers.add(participant);
}

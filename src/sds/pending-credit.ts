import type { Participant } from "./participant.ts";

/** "If this id turns up, this participant has it": a claim that could not be followed yet. */
export interface PendingCredit {
  readonly participant: Participant;
  readonly completeSince: number;
  /** Named outright by the participant; otherwise reached as an ancestor. */
  readonly listed: boolean;
  /** For an ancestor: the Lamport timestamp its child signed for it. It must match. */
  readonly signedLamport: number | null;
}

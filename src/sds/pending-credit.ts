import type { MessageId } from "./ids.ts";
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

/** "known": the same participant's word for the same id waits already, with no higher bound; the lower one is kept. */
export function addPending(
  pending: Map<MessageId, PendingCredit[]>,
  id: MessageId,
  credit: PendingCredit,
): "new" | "lower" | "known" {
  const waiting = pending.get(id);
  if (waiting === undefined) {
    pending.set(id, [credit]);
    return "new";
  }
  const same = waiting.findIndex(
    (other) =>
      other.participant === credit.participant &&
      other.listed === credit.listed &&
      other.signedLamport === credit.signedLamport,
  );
  const known = waiting[same];
  if (known === undefined) {
    waiting.push(credit);
    return "new";
  }
  if (credit.completeSince >= known.completeSince) return "known";
  waiting[same] = credit;
  return "lower";
}

import type { LedgerRow } from "../../../src/sds/io/ledger.ts";
import type { ParticipantId } from "../../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";

/** A signed word is the word of somebody who has a key: a member, or a liar who is one. */
export function checkSpeaker(
  member: SimParticipant,
  row: Extract<LedgerRow, { kind: "evidence" }>,
  keyed: ReadonlySet<ParticipantId>,
): void {
  const speaker = member.state.participants.all[row.participant]?.id;
  check(!row.signed || (speaker !== undefined && keyed.has(speaker)), "only keys speak", () => {
    return `member ${member.index} took the word of ${speaker}, who has no key`;
  });
}

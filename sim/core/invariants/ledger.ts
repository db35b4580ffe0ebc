import type { LedgerRow } from "../../../src/sds/io/ledger.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";
import type { View } from "./truth.ts";

export function checkLedgerOrder(member: SimParticipant, seen: View, row: LedgerRow): void {
  check(row.seq === seen.lastSeq + 1, "ledger without gaps", () => {
    return `member ${member.index}: row ${row.seq} (${row.kind}) after ${seen.lastSeq}`;
  });
  seen.lastSeq = row.seq;
}

/** "Sent" means that a service node took it. */
export function checkAttempts(
  member: SimParticipant,
  row: Extract<LedgerRow, { kind: "attempt-result" }>,
  taken: ReadonlySet<MessageId>,
): void {
  //= protocol: SEND-7
  if (!row.ok) return;
  for (const id of row.ids) {
    check(taken.has(id), "sent is true", () => `member ${member.index}: nobody took ${id}, which is shown as sent`);
  }
}

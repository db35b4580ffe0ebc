import type { ChannelState } from "../../sds/channel-state.ts";
import { possibleReceipts } from "../../sds/evidence/received-filter.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import { sharesNumber } from "../../sds/log/equivocation.ts";
import type { LogEntry } from "../../sds/log/log-entry.ts";
import { asParticipantId, type MessageId } from "../../sds/wire/ids.ts";
import type { AttemptView, EvidenceView, MessageDetails, PossibleView } from "../api/channel-client.ts";
import { deliveryView } from "./views.ts";

/** All that the ledger tells of one message. `rows` in ascending order. */
export function messageDetails(state: ChannelState, entry: LogEntry, rows: readonly LedgerRow[]): MessageDetails {
  return {
    id: entry.id,
    delivery: deliveryView(state, entry),
    composedAt: entry.composedAt,
    lamport: entry.lamport,
    bytes: entry.size,
    authorSeq: entry.authorSeq,
    numberShared: sharesNumber(state, entry),
    evidence: firstOfEach(rows.flatMap((row) => evidenceOf(state, entry.id, row))),
    possible: possibleOf(state, entry),
    attempts: attemptsOf(rows),
  };
}

function evidenceOf(state: ChannelState, id: MessageId, row: LedgerRow): EvidenceView[] {
  if (row.kind !== "evidence") return [];
  const participant = state.participants.all[row.participant]?.id ?? asParticipantId("");
  const how = row.ids.indexOf(id) < row.listed ? "listed" : "ancestry";
  return [{ participant, by: row.by, how, signed: row.signed, at: row.at }];
}

/** What is not kept over a restart is told again when it is said again: it is known since the first time. */
function firstOfEach(evidence: readonly EvidenceView[]): EvidenceView[] {
  const told = new Set<string>();
  return evidence.filter(({ participant, signed }) => {
    const of = `${participant} ${signed}`;
    return !told.has(of) && told.add(of);
  });
}

/** The author needs no filter to have it. */
function possibleOf(state: ChannelState, entry: LogEntry): PossibleView[] {
  const others = possibleReceipts(state, entry.id).filter(({ participant }) => participant !== entry.author);
  return others.map(({ participant, chance, signed, at }) => ({ participant: participant.id, chance, signed, at }));
}

function attemptsOf(rows: readonly LedgerRow[]): AttemptView[] {
  const attempts = new Map<number, AttemptView>();
  for (const row of rows) {
    if (row.kind === "attempt") {
      attempts.set(row.attempt, { attempt: row.attempt, at: row.at, outcome: "pending", reason: "" });
    } else if (row.kind === "attempt-result") {
      const begun = attempts.get(row.attempt);
      const outcome = row.ok ? "taken" : "failed";
      attempts.set(row.attempt, { attempt: row.attempt, at: begun?.at ?? row.at, outcome, reason: row.reason });
    }
  }
  return [...attempts.values()];
}

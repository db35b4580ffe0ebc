import type { ChannelState } from "../../sds/channel-state.ts";
import { possibleReceipts } from "../../sds/evidence/received-filter.ts";
import { emptySummary, type MessageSummary, summaryWith } from "../../sds/io/message-summary.ts";
import { decodeSummaries } from "../../sds/io/summary-codec.ts";
import { sharesNumber } from "../../sds/log/equivocation.ts";
import type { LogEntry } from "../../sds/log/log-entry.ts";
import { asParticipantId, type ParticipantId } from "../../sds/wire/ids.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import type { MessageDetails, PossibleView } from "../api/channel-client.ts";
import { deliveryView } from "./views.ts";

/** All that is known of one message, with what the ledger told of it. */
export function messageDetails(state: ChannelState, entry: LogEntry, told: MessageSummary): MessageDetails {
  return {
    id: entry.id,
    delivery: deliveryView(state, entry),
    composedAt: entry.composedAt,
    lamport: entry.lamport,
    bytes: entry.size,
    authorSeq: entry.authorSeq,
    numberShared: sharesNumber(state, entry),
    timesKept: entry.lamport >= state.holes.detailsSince,
    evidence: told.words.map(({ participant, ...word }) => ({ participant: idOf(state, participant), ...word })),
    possible: possibleOf(state, entry),
    attempts: told.attempts,
  };
}

function idOf(state: ChannelState, participant: number): ParticipantId {
  return state.participants.all[participant]?.id ?? asParticipantId("");
}

/** Rows are read first: what is folded meanwhile is in both then, and counts once. */
export async function readDetails(
  state: ChannelState,
  entry: LogEntry,
  storage: Pick<ChannelStorage, "readLedgerOf" | "readSummaries">,
): Promise<MessageDetails> {
  const channel = state.identity.channelId;
  const rows = await storage.readLedgerOf(channel, entry.id);
  const [folded] = await storage.readSummaries(channel, [entry.lamport]);
  const summaries = folded === undefined ? [] : decodeSummaries(folded.bytes);
  const before = summaries.find(({ id }) => id === entry.id) ?? emptySummary(entry.id);
  return messageDetails(state, entry, summaryWith(before, rows));
}

/** The author needs no filter to have it. */
function possibleOf(state: ChannelState, entry: LogEntry): PossibleView[] {
  const others = possibleReceipts(state, entry.id).filter(({ participant }) => participant !== entry.author);
  return others.map(({ participant, chance, signed, at }) => ({ participant: participant.id, chance, signed, at }));
}

import type { ChannelState } from "../../src/sds/channel-state.ts";
import type { OutboxStage } from "../../src/sds/io/records.ts";
import type { LogEntry } from "../../src/sds/log/log-entry.ts";
import type { MessageId } from "../../src/sds/wire/ids.ts";

/** What the state of one member says of one message, copied: the state itself changes in place. */
export interface Glance {
  readonly status: "buffered" | "delivered" | null;
  readonly embargoed: boolean;
  /** Somebody names it and it is not held. */
  readonly missing: { readonly asks: number; readonly requests: number; readonly postponed: boolean } | null;
  /** An answer to whoever asks for it is planned: for when (its own wall time), and who asked. */
  readonly answer: { readonly at: number; readonly requester: number } | null;
  readonly stage: OutboxStage | null;
  readonly nextAttemptAt: number | null;
  /** It is named in the next sync, as its author asked for receipts. */
  readonly receiptAsked: boolean;
}

export function glanceAt(state: ChannelState, id: MessageId): Glance {
  const entry = state.log.entries.get(id);
  const missing = state.holes.missing.get(id);
  const answer = state.repair.answers.get(id);
  const item = state.outbox.items.get(id);
  return {
    status: entry?.status ?? null,
    embargoed: state.receive.embargoed.has(id),
    missing:
      missing === undefined || entry !== undefined
        ? null
        : { asks: missing.asks, requests: missing.requests, postponed: missing.postponed },
    answer: answer === undefined ? null : { at: answer.at, requester: answer.requester },
    stage: item?.stage ?? null,
    nextAttemptAt: item?.nextAttemptAt ?? null,
    receiptAsked: entry !== undefined && state.sync.asked.has(entry),
  };
}

/** Anything at all: that a process which knew nothing of it starts or dies is no part of its story. */
export function knows({ status, embargoed, missing }: Glance): boolean {
  return status !== null || embargoed || missing !== null;
}

/** The causes that a message waits for. */
export function waitedFor(state: ChannelState, { parents }: LogEntry): MessageId[] {
  return parents.flatMap(({ id }) => (state.log.entries.get(id)?.status === "delivered" ? [] : [id]));
}

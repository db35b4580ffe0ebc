import type { OutboxRecord, OutboxStage } from "../io/records.ts";
import type { LogEntry } from "../log/log-entry.ts";

/** Delivery of one own message. Of one that was confirmed long ago only what its entry says, from the next start on. */
export interface OutboxEntry {
  readonly entry: LogEntry;
  readonly requestId: string;
  /** The share of the audience that its author wants to hear from; null: as its type says. */
  readonly levelPercent: number | null;
  readonly stage: OutboxStage;
  readonly attempts: number;
  /** An attempt is with the transport and has not come back. */
  readonly inFlight: boolean;
  /** It is being composed anew, and must not leave as it is. */
  readonly replaced: boolean;
  /** The network's rate limit holds it back. */
  readonly limited: boolean;
  /** A person asked for one more attempt, whatever its age. */
  readonly asked: boolean;
  /** At least one attempt was taken by a service node. */
  readonly taken: boolean;
  /** A Store keeps it, as one service node says, and nobody confirmed for so long that this is not said any more. */
  readonly aged: boolean;
  readonly acceptedAt: number;
  readonly firstAttemptAt: number | null;
  /** Connected time of the first attempt; silence is measured on it. */
  readonly firstAttemptConnectedMs: number | null;
  /** Wall time of the next attempt; null when none is planned. */
  readonly nextAttemptAt: number | null;
  readonly reason: string;
}

export function outboxRecordOf(item: OutboxEntry): OutboxRecord {
  return {
    id: item.entry.id,
    requestId: item.requestId,
    stage: item.stage,
    attempts: item.attempts,
    taken: item.taken,
    acceptedAt: item.acceptedAt,
    firstAttemptAt: item.firstAttemptAt,
    nextAttemptAt: item.nextAttemptAt,
    reason: item.reason,
    ...(item.asked ? { asked: true } : {}),
    ...(item.aged ? { aged: true } : {}),
    ...(item.firstAttemptConnectedMs === null ? {} : { firstAttemptConnectedMs: item.firstAttemptConnectedMs }),
    ...(item.levelPercent === null ? {} : { levelPercent: item.levelPercent }),
  };
}

import type { LedgerRow } from "./ledger.ts";

/** What happened in a channel on one day, in numbers. Key: day. */
export interface DayRecord {
  /** Days since the epoch, UTC. */
  readonly day: number;
  readonly sums: Readonly<Partial<Record<DaySum, number>>>;
}

/**
 * - `accepted`, `delivered`: own messages, those of others
 * - `attempts`, `attemptBytes`, `taken`, `refused`: attempts to publish, bytes of the messages, and what became of them
 * - `words`: for how many messages somebody was first known to have them (of what the ledger tells)
 * - `levels`: messages that reached the level they need
 * - `unconfirmed`, `stopped`, `failed`: messages that came to be so
 * - `missed`, `lost`, `closed`: holes that opened, were given up, were filled
 * - `removed`: own messages that were deleted here
 * - `connects`, `disconnects`: how often the network came and went
 * - `participants`: participants that were met, or changed
 */
export type DaySum =
  | "accepted"
  | "delivered"
  | "attempts"
  | "attemptBytes"
  | "taken"
  | "refused"
  | "words"
  | "levels"
  | "unconfirmed"
  | "stopped"
  | "failed"
  | "missed"
  | "lost"
  | "closed"
  | "removed"
  | "connects"
  | "disconnects"
  | "participants";

const DAY_MS = 24 * 60 * 60 * 1_000;

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/** The days of `before` and of `rows`, with what `rows` tell added. Only for rows that were never added before. */
export function daysWith(before: readonly DayRecord[], rows: Iterable<LedgerRow>): DayRecord[] {
  const days = new Map(before.map(({ day, sums }) => [day, { ...sums }]));
  for (const row of rows) {
    const day = dayOf(row.at);
    const sums = days.get(day) ?? {};
    days.set(day, sums);
    for (const [sum, count] of sumsOf(row)) sums[sum] = (sums[sum] ?? 0) + count;
  }
  return [...days].map(([day, sums]) => ({ day, sums }));
}

function sumsOf(row: LedgerRow): readonly (readonly [DaySum, number])[] {
  switch (row.kind) {
    case "accepted":
    case "delivered":
      return [[row.kind, 1]];
    case "attempt":
      return [
        ["attempts", 1],
        ["attemptBytes", row.bytes],
      ];
    case "attempt-result":
      return [[row.ok ? "taken" : "refused", 1]];
    case "stage":
      return row.stage === "unconfirmed" || row.stage === "stopped" || row.stage === "failed" ? [[row.stage, 1]] : [];
    case "evidence":
      return [["words", row.ids.length]];
    case "withdrawn":
    case "removed":
      return [["removed", 1]];
    case "level":
      return [["levels", 1]];
    case "hole":
      return [[row.state === "fetching" ? "missed" : row.state, 1]];
    case "participant":
      return [["participants", 1]];
    case "connected":
      return [[row.online ? "connects" : "disconnects", 1]];
    case "moved":
      return [];
  }
}

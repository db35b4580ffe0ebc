import type { MessageId } from "../wire/ids.ts";
import type { LedgerRow } from "./ledger.ts";

/** What the ledger told of one message, without the rows: each participant's first word, and the attempts. */
export interface MessageSummary {
  readonly id: MessageId;
  /** In the order in which it was told. */
  readonly words: readonly FirstWord[];
  /** In the order in which they were made. */
  readonly attempts: readonly AttemptMade[];
}

/** The first word of a participant on a message; one that is signed and one that is not are two. */
export interface FirstWord {
  readonly participant: number;
  readonly by: "content" | "sync";
  readonly how: "listed" | "ancestry";
  readonly signed: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface AttemptMade {
  readonly attempt: number;
  readonly at: number;
  readonly outcome: "pending" | "taken" | "failed";
  readonly reason: string;
}

/**
 * Words kept of one message, the first ones: keys cost nothing, and 10,000 of them can each say that they have it. Statistics
 * and people ask about far smaller audiences.
 */
export const MAX_WORDS = 1_024;
/** The first attempt and the newest ones. Without a connection to anybody one is made every two minutes for a day. */
export const MAX_ATTEMPTS = 16;

export function emptySummary(id: MessageId): MessageSummary {
  return { id, words: [], attempts: [] };
}

/** `before` and what `rows` tell besides, in ascending order. Telling the same twice changes nothing. */
export function summaryWith(before: MessageSummary, rows: Iterable<LedgerRow>): MessageSummary {
  const { id } = before;
  const words = [...before.words];
  const known = new Set(words.map(keyOf));
  let attempts = before.attempts;
  for (const row of rows) {
    const place = row.ids.indexOf(id);
    if (place < 0) continue;
    if (row.kind === "evidence") {
      const { participant, by, signed, at } = row;
      const word: FirstWord = { participant, by, how: place < row.listed ? "listed" : "ancestry", signed, at };
      // What is not kept over a restart is told again when it is said again: it is known since the first time.
      if (words.length >= MAX_WORDS || known.has(keyOf(word))) continue;
      known.add(keyOf(word));
      words.push(word);
    } else if (row.kind === "attempt" || row.kind === "attempt-result") {
      attempts = attemptsWith(attempts, row);
    }
  }
  return { id, words, attempts };
}

function keyOf({ participant, signed }: FirstWord): number {
  return participant * 2 + (signed ? 1 : 0);
}

type AttemptRow = Extract<LedgerRow, { kind: "attempt" | "attempt-result" }>;

function attemptsWith(before: readonly AttemptMade[], row: AttemptRow): readonly AttemptMade[] {
  const { attempt } = row;
  const begun = before.find((each) => each.attempt === attempt);
  const at = begun?.at ?? row.at;
  const made: AttemptMade =
    row.kind === "attempt"
      ? { attempt, at, outcome: begun?.outcome ?? "pending", reason: begun?.reason ?? "" }
      : { attempt, at, outcome: row.ok ? "taken" : "failed", reason: row.reason };
  if (begun !== undefined) return before.map((each) => (each === begun ? made : each));
  const all = [...before, made];
  return all.length <= MAX_ATTEMPTS ? all : [...all.slice(0, 1), ...all.slice(1 - MAX_ATTEMPTS)];
}

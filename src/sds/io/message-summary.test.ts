import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asMessageId } from "../wire/ids.ts";
import type { LedgerEntry, LedgerRow } from "./ledger.ts";
import { emptySummary, MAX_ATTEMPTS, MAX_WORDS, summaryWith } from "./message-summary.ts";

const [M, N] = [asMessageId("m"), asMessageId("n")];
const rowOf = (seq: number, ids: readonly string[], entry: LedgerEntry): LedgerRow => ({
  ...{ seq, at: 1_000 + seq, ids: ids.map(asMessageId) },
  ...entry,
});
const word = (seq: number, participant: number, more: { listed?: number; signed?: boolean; ids?: string[] } = {}) =>
  rowOf(seq, more.ids ?? ["m"], {
    ...{ kind: "evidence", participant, by: "sync", listed: more.listed ?? 1, signed: more.signed ?? true },
  });

describe("a message's summary", () => {
  it("has the first word of each participant, signed and unsigned apart, and how it was said", () => {
    const rows = [
      word(1, 4, { signed: false }),
      word(2, 4, { ids: ["n", "m"] }),
      word(3, 4),
      word(4, 5, { ids: ["n"] }),
      word(5, 6, { listed: 0 }),
    ];
    const common = { by: "sync" } as const;
    expect(summaryWith(emptySummary(M), rows).words).toEqual([
      { participant: 4, ...common, how: "listed", signed: false, at: 1_001 },
      { participant: 4, ...common, how: "ancestry", signed: true, at: 1_002 },
      { participant: 6, ...common, how: "ancestry", signed: true, at: 1_005 },
    ]);
  });

  it("has each attempt with what came of it", () => {
    const rows = [
      rowOf(1, ["m"], { kind: "attempt", attempt: 1, bytes: 9 }),
      rowOf(2, ["m"], { kind: "attempt-result", attempt: 1, ok: false, reason: "too large" }),
      rowOf(3, ["m"], { kind: "attempt", attempt: 2, bytes: 9 }),
      rowOf(4, ["m"], { kind: "attempt-result", attempt: 2, ok: true, reason: "" }),
      rowOf(5, ["m"], { kind: "attempt", attempt: 3, bytes: 9 }),
      rowOf(6, ["m"], { kind: "attempt-result", attempt: 4, ok: true, reason: "" }),
    ];
    expect(summaryWith(emptySummary(M), rows).attempts).toEqual([
      { attempt: 1, at: 1_001, outcome: "failed", reason: "too large" },
      { attempt: 2, at: 1_003, outcome: "taken", reason: "" },
      { attempt: 3, at: 1_005, outcome: "pending", reason: "" },
      { attempt: 4, at: 1_006, outcome: "taken", reason: "" },
    ]);
  });

  it("keeps so many words, and the first attempt with the newest ones", () => {
    const words = Array.from({ length: MAX_WORDS + 5 }, (_, n) => word(n, n));
    expect(summaryWith(emptySummary(M), words).words.map(({ participant }) => participant)).toEqual(
      Array.from({ length: MAX_WORDS }, (_, n) => n),
    );
    const attempts = Array.from({ length: 40 }, (_, n) =>
      rowOf(n, ["m"], { kind: "attempt", attempt: n + 1, bytes: 1 }),
    );
    const kept = summaryWith(emptySummary(M), attempts).attempts.map(({ attempt }) => attempt);
    expect(kept).toHaveLength(MAX_ATTEMPTS);
    expect([kept[0], kept[1], kept.at(-1)]).toEqual([1, 40 - MAX_ATTEMPTS + 2, 40]);
  });

  it("is the same wherever its rows are cut, and when some are told twice", () => {
    const anyRow = fc.oneof(
      fc.record({ participant: fc.nat(4), signed: fc.boolean(), listed: fc.nat(2) }).map(
        ({ participant, ...more }) =>
          (seq: number) =>
            word(seq, participant, { ...more, ids: ["n", "m"] }),
      ),
      fc.record({ attempt: fc.nat(3), ok: fc.boolean() }).map(
        ({ attempt, ok }) =>
          (seq: number) =>
            rowOf(seq, ["m"], { kind: "attempt-result", attempt, ok, reason: "" }),
      ),
      fc.record({ attempt: fc.nat(3) }).map(
        ({ attempt }) =>
          (seq: number) =>
            rowOf(seq, ["m"], { kind: "attempt", attempt, bytes: 3 }),
      ),
    );
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 20 }), fc.nat(20), fc.nat(5), (make, cut, again) => {
        const rows = make.map((each, n) => each(n));
        const whole = summaryWith(emptySummary(M), rows);
        const folded = summaryWith(emptySummary(M), rows.slice(0, cut));
        expect(summaryWith(folded, rows.slice(Math.max(0, cut - again)))).toEqual(whole);
        expect(summaryWith(whole, rows).words).toEqual(whole.words);
      }),
    );
  });

  it("has nothing of rows that speak of others, or of something else", () => {
    const rows = [
      word(1, 4, { ids: ["m"] }),
      rowOf(2, ["n"], { kind: "accepted" }),
      rowOf(3, ["n"], { kind: "level", percent: 90 }),
      rowOf(4, ["m"], { kind: "attempt", attempt: 1, bytes: 9 }),
    ];
    expect(summaryWith(emptySummary(N), rows)).toEqual(emptySummary(N));
  });
});

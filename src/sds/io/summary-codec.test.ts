import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asMessageId } from "../wire/ids.ts";
import type { MessageSummary } from "./message-summary.ts";
import { decodeSummaries, encodeSummaries } from "./summary-codec.ts";

const time = fc.integer({ min: -1_000, max: 2 ** 42 });
const anySummary: fc.Arbitrary<MessageSummary> = fc.record({
  id: fc
    .oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
      fc.string({ unit: "grapheme", maxLength: 70 }),
    )
    .map(asMessageId),
  words: fc.array(
    fc.record({
      participant: fc.nat(20_000),
      by: fc.constantFrom("content", "sync"),
      how: fc.constantFrom("listed", "ancestry"),
      signed: fc.boolean(),
      at: time,
    }),
  ),
  attempts: fc.array(
    fc.record({
      attempt: fc.nat(2_000),
      at: time,
      outcome: fc.constantFrom("pending", "taken", "failed"),
      reason: fc.string({ unit: "grapheme", maxLength: 40 }),
    }),
  ),
});

describe("summaries in bytes", () => {
  it("come back equal, however many share a timestamp", () => {
    fc.assert(
      fc.property(fc.array(anySummary, { maxLength: 5 }), (summaries) => {
        expect(decodeSummaries(encodeSummaries(summaries))).toEqual(summaries);
      }),
    );
  });

  it("that are damaged are none, and never an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(Array.isArray(decodeSummaries(bytes))).toBe(true);
      }),
    );
    const whole = encodeSummaries(fc.sample(anySummary, { numRuns: 1, seed: 3 }));
    for (let end = 1; end < whole.length; end++) expect(decodeSummaries(whole.subarray(0, end))).toEqual([]);
  });

  it("take six bytes for each of 19 who confirm within a minute", () => {
    const words = Array.from({ length: 19 }, (_, n) => ({
      ...({ participant: n + 1, by: "sync", how: "listed", signed: true, at: 1_800_000_000_000 + 3_000 * n } as const),
    }));
    const id = asMessageId("ab".repeat(32));
    expect(encodeSummaries([{ id, words, attempts: [] }]).length).toBeLessThanOrEqual(33 + 6 + 6 * 19);
  });

  it("round times: a clock may have fractions", () => {
    const word = { participant: 1, by: "sync", how: "listed", signed: true, at: 1_000.4 } as const;
    const [found] = decodeSummaries(encodeSummaries([{ id: asMessageId("m"), words: [word], attempts: [] }]));
    expect(found?.words).toEqual([{ ...word, at: 1_000 }]);
  });
});

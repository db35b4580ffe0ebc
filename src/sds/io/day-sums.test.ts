import { expect, it } from "vitest";
import { asMessageId } from "../wire/ids.ts";
import { dayOf, daysWith } from "./day-sums.ts";
import type { LedgerEntry, LedgerRow } from "./ledger.ts";

const DAY_MS = 86_400_000;
const ids = ["a", "b", "c"].map(asMessageId);
const rowsOf = (at: number, entries: readonly LedgerEntry[]): LedgerRow[] =>
  entries.map((entry, seq) => ({ seq, at, ids: entry.kind === "evidence" ? ids : ids.slice(0, 1), ...entry }));

it("sums count what happened on each day, and go on where they were", () => {
  const first = rowsOf(20_000 * DAY_MS + DAY_MS - 1, [
    { kind: "accepted" },
    { kind: "delivered", participant: 3 },
    { kind: "delivered", participant: 4 },
    { kind: "attempt", attempt: 1, bytes: 500 },
    { kind: "attempt", attempt: 2, bytes: 700 },
    { kind: "attempt-result", attempt: 1, ok: false, reason: "" },
    { kind: "attempt-result", attempt: 2, ok: true, reason: "" },
    { kind: "evidence", participant: 3, by: "sync", listed: 1, signed: true },
    { kind: "level", percent: 50 },
    { kind: "stage", stage: "unconfirmed", reason: "" },
    { kind: "stage", stage: "waiting", reason: "" },
    { kind: "hole", state: "fetching" },
    { kind: "hole", state: "lost" },
    { kind: "hole", state: "closed" },
    { kind: "withdrawn" },
    { kind: "removed" },
    { kind: "moved" },
    { kind: "participant", participant: 3 },
    { kind: "connected", online: true },
    { kind: "connected", online: false },
  ]);
  const sums = {
    ...{ accepted: 1, delivered: 2, attempts: 2, attemptBytes: 1_200, refused: 1, taken: 1, words: 3, levels: 1 },
    ...{ unconfirmed: 1, missed: 1, lost: 1, closed: 1, removed: 2, participants: 1, connects: 1, disconnects: 1 },
  };
  const days = daysWith([], first);
  expect(days).toEqual([{ day: 20_000, sums }]);
  const more = rowsOf(20_001 * DAY_MS, [{ kind: "accepted" }]);
  expect(daysWith(days, [...more, ...rowsOf(20_000 * DAY_MS, [{ kind: "accepted" }])])).toEqual([
    { day: 20_000, sums: { ...sums, accepted: 2 } },
    { day: 20_001, sums: { accepted: 1 } },
  ]);
  expect([dayOf(0), dayOf(DAY_MS - 1), dayOf(DAY_MS)]).toEqual([0, 0, 1]);
});

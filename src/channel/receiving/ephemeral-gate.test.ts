import { expect, it } from "vitest";
import { LAMPORT_EMBARGO_MS } from "../../sds/parameters/parameters.ts";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import { createEphemeralGate } from "./ephemeral-gate.ts";

const NOW = 1_800_000_000_000;

function gate() {
  const { judge } = createEphemeralGate();
  return (id: string, composedAt: number | null = NOW) =>
    judge(
      {
        ...{ id: asMessageId(id), author: asParticipantId("ben"), signed: true, type: "chat", text: "" },
        composedAt,
      },
      NOW,
    );
}

it("lets each message through once", () => {
  const judge = gate();
  expect([judge("a"), judge("a"), judge("b"), judge("a", null)]).toEqual(["new", "again", "new", "again"]);
});

it("lets nothing through that was not said just now, by its author's clock, and forgets that it was there", () => {
  const judge = gate();
  const times = [-LAMPORT_EMBARGO_MS - 1, LAMPORT_EMBARGO_MS + 1, -LAMPORT_EMBARGO_MS, LAMPORT_EMBARGO_MS];
  expect(times.map((ms) => judge(`${ms}`, NOW + ms))).toEqual(["old", "old", "new", "new"]);
  expect([judge("a", 0), judge("a")]).toEqual(["old", "new"]);
});

it("remembers the newest 512", () => {
  const judge = gate();
  for (let n = 0; n < 513; n++) judge(`${n}`);
  expect([judge("1"), judge("512"), judge("0")]).toEqual(["again", "again", "new"]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { ParentReference } from "../io/records.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";

/** A plain SDS client says "ok": the id is that of the text alone. */
function hear(core: OneCore, sender: string, lamport: number, parents: readonly ParentReference[] = []): void {
  const content = {
    ...core.content(asMessageId("ok"), sender, { lamport, parents }),
    ...{ signed: false, publicKey: null, authorSeq: null, bytes: new TextEncoder().encode(`${sender} ${lamport}`) },
  };
  core.step({ kind: "receive-content", content, claim: null, source: "live", hint: undefined });
}

function shown(core: OneCore) {
  return [...core.state.log.order].map(({ id, lamport, author }) => [`${id}`, lamport - core.now, `${author.id}`]);
}

function kept(core: OneCore): string {
  return new TextDecoder().decode(core.tables.body.get(asMessageId("ok"))?.bytes);
}

//= protocol: PROFILE-7
test("in whatever order copies come, the lowest is kept: one order, one delivery, in another run as well", () => {
  const copy = fc.record({ sender: fc.constantFrom("x", "y", "z"), ago: fc.integer({ min: 0, max: 4 }) });
  fc.assert(
    fc.property(fc.array(copy, { minLength: 1, maxLength: 8 }), (copies) => {
      const core = new OneCore({}, "sds");
      core.online();
      for (const ago of [1, 3]) core.receive(`signed ${ago}`, "ben", { lamport: core.now - ago });
      for (const { sender, ago } of copies) hear(core, sender, core.now - ago);
      const [lowest] = [...copies].sort((a, b) => b.ago - a.ago || (a.sender < b.sender ? -1 : 1));
      if (lowest === undefined) throw new Error("no copy");
      for (const run of [1, 2]) {
        const log = shown(core);
        expect(
          log.filter(([id]) => id === "ok"),
          `run ${run}`,
        ).toEqual([["ok", 0 - lowest.ago, lowest.sender]]);
        expect(log.map(([, at]) => at)).toEqual(log.map(([, at]) => at).sort((a, b) => Number(a) - Number(b)));
        expect(kept(core)).toBe(`${lowest.sender} ${core.now - lowest.ago}`);
        core.restart();
      }
      const rows = core.tables.ledger.filter(({ ids }) => ids.includes(asMessageId("ok")));
      expect(rows.filter(({ kind }) => kind === "delivered").length).toBe(1);
      expect(rows.filter(({ kind }) => kind !== "delivered").every(({ kind }) => kind === "moved")).toBe(true);
    }),
  );
});

//= protocol: PROFILE-7
test("one that waits takes the lower place without ceasing to wait", () => {
  const core = new OneCore({}, "sds");
  core.online();
  hear(core, "y", core.now, [{ id: asMessageId("missing"), lamport: null }]);
  hear(core, "x", core.now - 5);
  expect(shown(core)).toEqual([]);
  core.receive("missing", "ben", { lamport: core.now - 9 });
  expect(shown(core)).toEqual([
    ["missing", -9, "ben"],
    ["ok", -5, "x"],
  ]);
});

//= protocol: EDGE-6
test("who builds on it is its child, whichever copy they had", () => {
  const core = new OneCore({}, "sds");
  core.online();
  hear(core, "y", core.now - 2);
  core.receive("child", "ben", { parents: [{ id: asMessageId("ok"), lamport: core.now - 2 }] });
  const heads = () => [...core.state.log.heads].map(({ id }) => id);
  expect(heads()).toEqual(["child"]);
  hear(core, "x", core.now - 4);
  expect(heads()).toEqual(["child"]);
  core.restart();
  expect(heads()).toEqual(["child"]);
});

test("signed content has one copy, wherever another one says that it stands", () => {
  const core = new OneCore({}, "sds");
  core.online();
  core.receive("ok", "ben", { lamport: core.now });
  hear(core, "x", core.now - 5);
  expect(shown(core)).toEqual([["ok", 0, "ben"]]);
  expect(core.state.participants.byId.has(asParticipantId("x"))).toBe(false);
});

test("an unread message that moves to before what was read to stays unread, also over a restart", () => {
  const core = new OneCore({}, "sds");
  core.online();
  core.receive("seen", "ben", { lamport: core.now - 5 });
  core.step({ kind: "marked-read", lamport: core.now - 5 });
  hear(core, "y", core.now);
  hear(core, "x", core.now - 10);
  for (const run of [1, 2]) {
    expect(core.state.log.unread.behind + core.state.log.unread.late, `run ${run}`).toBe(1);
    core.restart();
  }
  core.step({ kind: "marked-read", lamport: core.now });
  expect(core.state.log.unread.behind + core.state.log.unread.late).toBe(0);
});

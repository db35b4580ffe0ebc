import { expect, test } from "vitest";
import { receivedBy } from "../evidence/received-by.ts";
import type { Source } from "../io/step-input.ts";
import { prepare } from "../step.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function prepared(core: OneCore) {
  return prepare(core.state, { now: core.now, random: () => 0.5 });
}

function receive(core: OneCore, content: ReturnType<OneCore["content"]>, source: Source = "live"): void {
  core.step({ kind: "receive-content", content, claim: null, source, hint: undefined });
}

//= protocol: OWN-1
test("an own message that this device does not know is taken back from a Store: in its place, not sent again, its number used", () => {
  const core = new OneCore();
  core.online();
  receive(core, core.content(asMessageId("forgotten"), "me", { lamport: core.now - 5, authorSeq: 7 }), "store");
  expect([...core.state.log.order].map(({ id }) => `${id}`)).toEqual(["forgotten"]);
  expect(core.state.outbox.items.get(asMessageId("forgotten"))?.stage).toBe("stored");
  core.wait(HOUR);
  expect(core.take("send")).toEqual([]);
  expect(prepared(core).authorSeq).toBe(8);
  core.restart();
  expect(prepared(core).authorSeq).toBe(8);
});

//= protocol: OWN-1
test("taken back while others are composed anew, it is none of those, and goes to whoever is heard to lack it", () => {
  const core = new OneCore();
  const [first] = [core.say("one"), core.say("two")];
  core.step({ kind: "withdraw", id: first });
  const forgotten = asMessageId("forgotten");
  receive(core, core.content(forgotten, "me", { lamport: core.now - 5, authorSeq: 7 }), "store");
  core.online();
  core.hear("ben", []);
  core.wait(MINUTE);
  expect(core.taken(), "the others wait until they are composed").toEqual([forgotten]);
});

//= protocol: EDGE-4
test("an id that is listed twice counts once, by its first entry, and nothing is its own parent", () => {
  const core = new OneCore();
  core.online();
  const { now } = core;
  const cause = (lamport: number) => ({ id: asMessageId("cause"), lamport });
  core.receive("cause", "ann", { lamport: now - 5 });
  const self = (id: string) => ({ id: asMessageId(id), lamport: now - 1 });
  core.receive("true first", "ben", { parents: [cause(now - 5), cause(now - 9), self("true first")] });
  expect([...core.state.log.heads].map(({ id }) => `${id}`)).toEqual(["true first"]);
  core.receive("false first", "ben", { parents: [cause(now - 9), cause(now - 5)] });
  const parents = (id: string) => core.state.log.entries.get(asMessageId(id))?.parents.map(({ lamport }) => lamport);
  expect([parents("true first"), parents("false first")]).toEqual([[now - 5], [now - 9]]);
});

//= protocol: WIRE-17
test("a type that is not known is delivered, said to be had, and repaired like others", () => {
  const core = new OneCore();
  core.online();
  receive(core, { ...core.content(asMessageId("strange"), "ben"), type: 9_999 });
  expect([...core.state.log.order].map(({ type }) => type)).toEqual([9_999]);
  core.wait(6_000);
  const listed = core
    .take("send-sync")
    .flatMap(({ sync }) => sync.causalHistory.map(({ messageId }) => `${messageId}`));
  expect(listed).toContain("strange");
  core.hear("cleo", [], { repairRequests: [{ messageId: asMessageId("strange") }] });
  core.wait(MINUTE);
  expect(core.take("repair").map(({ id }) => `${id}`)).toEqual(["strange"]);
});

//= protocol: DUP-1, DUP-2
test("of a message again the first hash is kept, of the same bytes only", () => {
  const core = new OneCore();
  core.online();
  core.receive("theirs", "ben");
  const again = (fill: number, whole: boolean) => {
    const hint = new Uint8Array(32).fill(fill);
    core.step({ kind: "seen-again", id: asMessageId("theirs"), whole, source: "live", hint });
  };
  const hint = () => prepared(core).parents[0]?.hint?.[0];
  again(1, false);
  expect(hint()).toBe(undefined);
  again(2, true);
  again(3, true);
  expect(hint()).toBe(2);
});

//= protocol: CLAIM-7
test("an author's word that it has its own message is no receipt", () => {
  const core = new OneCore();
  core.online();
  core.receive("theirs", "ben");
  for (const name of ["ben", "cleo"]) core.hear(name, ["theirs"]);
  const entry = core.state.log.entries.get(asMessageId("theirs"));
  const cleo = core.state.participants.byId.get(asParticipantId("cleo"))?.index;
  // Index 0 is this device, which has it.
  expect(entry === undefined ? [] : [...receivedBy(core.state, entry)]).toEqual([0, cleo]);
});

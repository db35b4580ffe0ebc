import { expect, test } from "vitest";
import type { Effect } from "../io/effect.ts";
import type { StepInput } from "../io/step-input.ts";
import { nextWakeAt } from "../schedules.ts";
import { prepare, step } from "../step.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, type MessageId } from "../wire/ids.ts";

const HOUR = 3_600_000;

function prepared(core: OneCore) {
  return prepare(core.state, { now: core.now, random: () => 0.5 });
}

/** All effects of one step, the commit among them. */
function effectsOf(core: OneCore, input: StepInput): Effect[] {
  return step(core.state, input, { now: core.now, random: () => 0.5 });
}

//= protocol: ID-3, COMPOSE-5
test("numbers are 1, 2, 3 ..., taken when a message is accepted, and go on after a restart", () => {
  const core = new OneCore();
  const numberOf = (id: MessageId) => core.state.log.entries.get(id)?.authorSeq;
  expect([prepared(core).authorSeq, prepared(core).authorSeq], "preparing takes none").toEqual([1, 1]);
  expect([core.say("one"), core.say("two")].map(numberOf)).toEqual([1, 2]);
  core.restart();
  expect(numberOf(core.say("three"))).toBe(3);
});

//= protocol: STATE-3, COMPOSE-6
test("a message is accepted with one strict commit of its bytes, its place, its number and its outbox entry", () => {
  const core = new OneCore();
  const content = core.content(asMessageId("own"), "me", prepared(core));
  const effects = effectsOf(core, { kind: "composed", content, requestId: "r" });
  expect(effects).toMatchObject([{ kind: "commit", durability: "strict" }]);
  const [commit] = effects;
  const changes = commit?.kind === "commit" ? commit.changes : [];
  const written = changes.map((change) => (change.op === "put" ? change.table : change.key));
  expect(written).toEqual(expect.arrayContaining(["body", "message", "outbox", "authorSeq"]));
});

//= protocol: STATE-3
test("what leaves for the first time waits for a strict commit", () => {
  const core = new OneCore();
  core.say("hello");
  const effects = effectsOf(core, { kind: "connection", online: true });
  expect(effects.map(({ kind }) => kind)).toContain("send");
  expect(effects[0]).toMatchObject({ kind: "commit", durability: "strict" });
});

//= protocol: STATE-3, TIME-5
test("a sync waits for a strict commit, by which its timestamp is used up", () => {
  const core = new OneCore();
  core.online();
  let effects: Effect[] = [];
  while (!effects.some(({ kind }) => kind === "send-sync")) {
    core.now = Math.max(core.now, Math.ceil(nextWakeAt(core.state, core.now)));
    effects = effectsOf(core, { kind: "wake" });
  }
  const said = effects.flatMap((effect) => (effect.kind === "send-sync" ? [effect.sync.lamport] : []));
  expect(said).toEqual([core.now]);
  const [commit] = effects;
  expect(commit).toMatchObject({ kind: "commit", durability: "strict" });
  const changes = commit?.kind === "commit" ? commit.changes : [];
  expect(changes).toContainEqual({ op: "meta", key: "lamportReserved", value: core.now + 1 });
});

//= protocol: LEVEL-1, COMPOSE-6, DELIVER-3, PROFILE-5
test("the audience is who has a key and is present, the author not among them, and never changes", () => {
  const core = new OneCore({}, "sds");
  core.online();
  core.hear("ben", []);
  core.hear("plain", [], { signed: false, publicKey: null, completeSince: Number.POSITIVE_INFINITY });
  core.receive("theirs", "ben");
  core.wait(1);
  const mine = core.say("mine");
  const audienceOf = (id: string) =>
    core.state.log.entries.get(asMessageId(id))?.audience.map((index) => `${core.state.participants.all[index]?.id}`);
  expect([audienceOf(mine), audienceOf("theirs")]).toEqual([["ben"], ["me"]]);
  core.wait(2 * HOUR);
  core.hear("cleo", []);
  core.restart();
  expect([audienceOf(mine), audienceOf("theirs")]).toEqual([["ben"], ["me"]]);
  expect(audienceOf(core.say("later")), "ben was not heard for more than p10").toEqual(["cleo"]);
});

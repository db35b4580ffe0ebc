import { expect, test } from "vitest";
import { createSeededRandom } from "../../runtime/seeded-random.ts";
import { prepare } from "../step.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, type MessageId } from "../wire/ids.ts";

const MINUTE = 60_000;

function parentsOf(core: OneCore, id: MessageId): string[] {
  return (core.state.log.entries.get(id)?.parents ?? []).map((parent) => parent.id);
}

/** Ada said one thing that arrived, and one that the network refused for good. */
function refusedForGood() {
  const core = new OneCore();
  core.online();
  core.receive("theirs", "ben");
  core.wait(10);
  const first = core.say("first");
  core.taken();
  core.wait(10);
  const refused = core.say("refused");
  const [send] = core.take("send");
  const outcome = { ok: false, reason: "too large", retryable: false } as const;
  core.step({ kind: "attempt-result", id: refused, attempt: send?.attempt ?? 0, outcome });
  expect(core.state.outbox.items.get(refused)?.stage).toBe("failed");
  core.take("send-sync");
  return { core, first, refused };
}

//= protocol: COMPOSE-4
test("a message that was refused for good holds up nothing: the next one names what it builds on", () => {
  const { core, first, refused } = refusedForGood();
  core.wait(10);
  const next = core.say("next");
  expect(parentsOf(core, next)).toEqual([first]);
  core.restart();
  core.online();
  core.wait(10);
  const afterRestart = core.say("after a restart");
  expect(parentsOf(core, afterRestart)).toEqual([next]);
  core.wait(20 * MINUTE);
  const named = core.take("send-sync").flatMap(({ sync }) => sync.causalHistory.map(({ messageId }) => messageId));
  expect(named, "nor do syncs name it").not.toContain(refused);
  expect(named).toContain(afterRestart);
});

//= protocol: COMPOSE-4
test("so it is with one that was deleted after it may have left, unless somebody has it", () => {
  const { core, first, refused } = refusedForGood();
  core.step({ kind: "withdraw", id: refused });
  expect(parentsOf(core, core.say("next"))).toEqual([first]);
  const other = new OneCore();
  other.online();
  const deleted = other.say("deleted");
  other.taken();
  other.receive("answer", "ben", { parents: [{ id: deleted, lamport: other.now }], lamport: other.now + 1 });
  other.step({ kind: "withdraw", id: deleted });
  other.wait(10);
  expect(parentsOf(other, other.say("next"))).toContain(deleted);
});

test("one that was refused is sent again by a person, and then named again", () => {
  const { core, refused } = refusedForGood();
  core.step({ kind: "send-again", id: refused });
  core.taken();
  core.wait(10);
  expect(parentsOf(core, core.say("next"))).toEqual([refused]);
});

//= protocol: COMPOSE-1, COMPOSE-2, COMPOSE-3
test("parents are my last message, the oldest head and heads by chance: eight that are delivered, in log order, with hints", () => {
  const core = new OneCore();
  core.online();
  const own = core.say("mine");
  core.taken();
  core.receive("oldest", "ben", { lamport: core.now - 1_000 });
  for (let n = 10; n < 30; n++) {
    core.now++;
    core.receive(`head ${n}`, "ben");
  }
  core.receive("waits", "ben", { parents: [{ id: asMessageId("never"), lamport: core.now - 1 }] });
  const random = createSeededRandom(1);
  const all = new Set<string>();
  for (let draw = 0; draw < 40; draw++) {
    const { parents } = prepare(core.state, { now: core.now, random: () => random.next() });
    const ids = parents.map(({ id }) => `${id}`);
    expect(new Set(ids).size).toBe(8);
    expect(ids.slice(0, 2), "in log order").toEqual(["oldest", own]);
    expect(ids.slice(2)).toEqual(ids.slice(2).sort());
    expect(parents.map(({ hint }) => hint?.length)).toEqual([
      undefined,
      32,
      ...Array.from({ length: 6 }, () => undefined),
    ]);
    for (const id of ids) all.add(id);
  }
  expect(all.has("waits")).toBe(false);
  expect(all.size, "all heads have their turn").toBe(22);
});

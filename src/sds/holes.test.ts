import { expect, test } from "vitest";
import { asMessageId, asParticipantId } from "./ids.ts";
import { MAX_FOLLOWED_PER_PARTICIPANT } from "./limits.ts";
import { OneCore } from "./testing/one-core.ts";

const MINUTE = 60_000;

test("a hint that leads nowhere is followed, every other time, by a search of the minutes around", () => {
  const core = new OneCore();
  core.online();
  const hint = new Uint8Array(32).fill(9);
  const lamport = core.now - MINUTE;
  core.receive("child", "ben", { parents: [{ id: asMessageId("parent"), lamport, hint }] });
  core.wait(MINUTE);
  const asked = core.take("fetch").flatMap(({ wanted }) => wanted);
  expect(asked.slice(0, 4)).toEqual([
    { id: "parent", hint, lamport },
    { id: "parent", hint: undefined, lamport },
    { id: "parent", hint, lamport },
    { id: "parent", hint: undefined, lamport },
  ]);
});

test("who names thousands of ids that do not exist uses up their own share, and nobody else's", () => {
  const core = new OneCore();
  core.online();
  for (let sync = 0; sync < 10; sync++) {
    core.wait(1);
    core.hear(
      "liar",
      Array.from({ length: 200 }, (_, index) => `fake-${sync}-${index}`),
    );
  }
  expect(core.state.missing.size).toBe(MAX_FOLLOWED_PER_PARTICIPANT);
  core.hear("ben", ["true"]);
  expect(core.state.missing.has(asMessageId("true"))).toBe(true);
  core.receive("fake-0-0", "ben");
  core.wait(1);
  core.hear("liar", ["fake-of-the-freed-place"]);
  expect(core.state.missing.has(asMessageId("fake-of-the-freed-place"))).toBe(true);
});

test("what a liar dates back is asked for in every way once its real child comes", () => {
  const core = new OneCore();
  core.online();
  core.receive("lie", "liar", { parents: [{ id: asMessageId("parent"), lamport: 1 }] });
  core.wait(10_000);
  core.take("send-sync");
  const hint = new Uint8Array(32).fill(9);
  core.receive("child", "ben", { parents: [{ id: asMessageId("parent"), lamport: core.now - MINUTE, hint }] });
  core.wait(MINUTE);
  expect(core.take("fetch").flatMap(({ wanted }) => wanted.map(({ id }) => id))).toContain("parent");
  const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
  expect(asked).toContain("parent");
});

test("a person may ask again for what was given up, and it is asked for in every way", () => {
  const core = new OneCore();
  core.online();
  const lamport = core.now - MINUTE;
  core.receive("child", "ben", { parents: [{ id: asMessageId("parent"), lamport }] });
  core.wait(25 * 60 * MINUTE);
  core.effects = [];
  core.wait(60 * MINUTE);
  expect(core.take("fetch"), "given up").toEqual([]);
  core.step({ kind: "fetch-again", id: asMessageId("parent") });
  core.wait(MINUTE);
  expect(core.take("fetch").flatMap(({ wanted }) => wanted.map(({ id }) => id))).toContain("parent");
  const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
  expect(asked).toContain("parent");
  core.receive("parent", "ben", { lamport });
  expect([...core.state.log].map(({ id }) => id)).toEqual(["parent", "child"]);
});

test("ids that only syncs name are forgotten, and free the share of who named them", () => {
  const core = new OneCore();
  core.online();
  core.hear("liar", ["fake-1", "fake-2"]);
  core.wait(30 * MINUTE);
  expect(core.state.missing.size).toBe(0);
  expect(core.state.participantById.get(asParticipantId("liar"))?.followed).toBe(0);
});

test("what a sync names is fetched, though a liar signed a timestamp from before our joining for it", () => {
  for (const order of [0, 1]) {
    const core = new OneCore();
    core.online();
    const lie = () => core.receive("lie", "liar", { parents: [{ id: asMessageId("true"), lamport: 1 }] });
    const word = () => core.hear("ben", ["true"]);
    for (const happens of order === 0 ? [lie, word] : [word, lie]) happens();
    core.wait(MINUTE);
    const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
    expect(asked).toContain("true");
  }
});

test("what was given up, as a liar dated it back, is asked of the others again when its true child comes with a hint", () => {
  const core = new OneCore();
  core.online();
  core.receive("lie", "liar", { parents: [{ id: asMessageId("true"), lamport: 1 }] });
  core.wait(MINUTE);
  const hint = new Uint8Array(32).fill(1);
  core.receive("child", "ben", { parents: [{ id: asMessageId("true"), lamport: core.now - 1, hint }] });
  core.take("send-sync");
  core.wait(MINUTE);
  const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
  expect(asked).toContain("true");
});

test("what was asked for in vain for a day is not asked for again at each start, unless a person wants it", () => {
  const core = new OneCore();
  core.online();
  core.receive("child", "liar", { parents: [{ id: asMessageId("fake"), lamport: core.now - 1 }] });
  core.wait(30 * 60 * MINUTE);
  core.effects = [];
  core.restart();
  core.online();
  core.wait(60 * MINUTE);
  expect(core.take("fetch")).toEqual([]);
  expect(core.take("send-sync").flatMap(({ sync }) => sync.repairRequests)).toEqual([]);
  core.step({ kind: "fetch-again", id: asMessageId("fake") });
  core.take("fetch");
  core.restart();
  core.online();
  core.wait(MINUTE);
  expect(core.take("fetch").length).toBeGreaterThan(0);
});

test("after a start a hole is a request in the share of those who name it, and of nobody else", () => {
  const core = new OneCore();
  core.online();
  core.receive("child", "ben", { parents: [{ id: asMessageId("hole"), lamport: core.now - 1 }] });
  core.wait(11 * MINUTE);
  core.restart();
  const ben = core.state.participantById.get(asParticipantId("ben"));
  expect([...(core.state.missing.get(asMessageId("hole"))?.namedBy ?? [])]).toEqual([ben?.index]);
});

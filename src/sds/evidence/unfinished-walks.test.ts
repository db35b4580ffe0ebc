import { expect, test } from "vitest";
import { MAX_OTHER_CLAIMS, MAX_UNFINISHED_WALKS } from "../parameters/limits.ts";
import { nextWakeAt } from "../schedules.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { receivedBy } from "./received-by.ts";

const HISTORY = 10_000;

/** An own message, and so many of Ben's that build on it one after the other. */
function longHistory() {
  const core = new OneCore();
  core.online();
  core.wait(10);
  const own = core.say("at the very beginning");
  let parent = { id: own, lamport: core.state.log.entries.get(own)?.lamport ?? 0 };
  for (let n = 0; n < HISTORY; n++) {
    core.now++;
    core.receive(`m${n}`, "ben", { lamport: core.now, parents: [parent] });
    parent = { id: asMessageId(`m${n}`), lamport: core.now };
  }
  core.wait(60_000);
  return { core, own };
}

function receiversOf(core: OneCore, id: string): string[] {
  const entry = core.state.log.entries.get(asMessageId(id));
  if (entry === undefined) throw new Error(`${id} is not held`);
  return [...receivedBy(core.state, entry)].map((index) => core.state.participants.all[index]?.id ?? "");
}

//= protocol: LIMIT-11
test("the first word of somebody new is followed through a long log in steps, down to the last message", () => {
  const { core, own } = longHistory();
  core.hear("cleo", [`m${HISTORY - 1}`]);
  expect(receiversOf(core, `m${HISTORY - 1}`), "at once what was named").toContain("cleo");
  expect(receiversOf(core, own), "the rest is for the next steps").not.toContain("cleo");
  let wakes = 0;
  for (; nextWakeAt(core.state, core.now) <= core.now && core.state.evidence.unfinished.size > 0; wakes++) {
    core.step({ kind: "wake" });
  }
  expect(wakes).toBe(2);
  expect(receiversOf(core, own)).toContain("cleo");
  expect(core.state.outbox.items.get(own)?.stage).toBe("settled");
});

test("a restart in between derives all of it", () => {
  const { core, own } = longHistory();
  core.hear("cleo", [`m${HISTORY - 1}`]);
  core.restart();
  expect(core.state.evidence.unfinished.size).toBe(0);
  expect(receiversOf(core, own)).toContain("cleo");
});

test("what is said again meanwhile changes nothing, and a lower bound goes further", () => {
  const { core, own } = longHistory();
  core.hear("cleo", [`m${HISTORY - 1}`], { completeSince: core.now - 70_000 });
  core.hear("cleo", [`m${HISTORY - 1}`], { completeSince: 0, lamport: core.now + 1 });
  core.hear("cleo", [`m${HISTORY - 1}`], { completeSince: 0, lamport: core.now + 2 });
  core.wait(1_000);
  expect(receiversOf(core, own)).toContain("cleo");
  expect(core.state.evidence.unfinished.size).toBe(0);
});

test("a restart in between settles what somebody has, and tells of it once", () => {
  const { core, own } = longHistory();
  core.taken();
  core.hear("cleo", [`m${HISTORY - 1}`]);
  core.restart();
  expect(core.state.outbox.items.get(own)?.stage).toBe("settled");
  core.hear("cleo", [`m${HISTORY - 1}`], { lamport: core.now + 1 });
  core.restart();
  const rows = core.tables.ledger.filter((row) => row.kind === "evidence" && row.participant === 2);
  expect(rows.flatMap(({ ids }) => ids).filter((id) => id === own)).toHaveLength(1);
  expect(core.tables.ledger.map(({ seq }) => seq)).toEqual(core.tables.ledger.map((_, index) => index + 1));
});

test("all that a word names beside it is followed in few steps, and known after a restart", () => {
  const { core, own } = longHistory();
  const recent = core.state.log.entries.get(asMessageId(`m${HISTORY - 4_100}`))?.lamport ?? 0;
  const named = Array.from({ length: 200 }, (_, n) => `m${n}`);
  core.hear("cleo", [`m${HISTORY - 1}`, own, ...named], { completeSince: recent });
  let wakes = 0;
  for (; core.state.evidence.unfinished.size > 0; wakes++) core.step({ kind: "wake" });
  expect(wakes).toBe(1);
  core.hear("cleo", [], { lamport: core.now + 1 });
  core.restart();
  for (const id of [own, ...named]) expect(receiversOf(core, id), id).toContain("cleo");
});

test("in however many steps it is followed, a word tells of the newest messages of others only", () => {
  const { core, own } = longHistory();
  const rows = core.tables.ledger.length;
  core.hear("cleo", [`m${HISTORY - 1}`]);
  core.wait(1_000);
  const told = core.tables.ledger.slice(rows).flatMap((row) => (row.kind === "evidence" ? row.ids : []));
  expect(told).toHaveLength(257);
  expect(told).toContain(own);
});

test("of claims that were too much to follow at once no more are kept than of others", () => {
  const { core } = longHistory();
  const lamportOf = (n: number) => core.state.log.entries.get(asMessageId(`m${n}`))?.lamport ?? 0;
  for (let word = 0; word < 8; word++) {
    const old = Array.from({ length: 255 }, (_, n) => `m${word * 255 + n}`);
    const lamport = core.now + word;
    core.hear("cleo", [`m${HISTORY - 1}`, ...old], { completeSince: lamportOf(HISTORY - 4_200 - word), lamport });
    core.wait(100);
  }
  const cleo = core.state.participants.all.find(({ id }) => id === "cleo");
  expect(cleo?.claims.size).toBe(MAX_OTHER_CLAIMS);
});

test("a message that very many wait for is followed for all of them in steps", () => {
  const { core } = longHistory();
  for (let key = 0; key < 300; key++) core.hear(`key ${key}`, ["late"]);
  core.wait(10_000);
  const parent = { id: asMessageId(`m${HISTORY - 1}`), lamport: core.state.log.order.last()?.lamport ?? 0 };
  core.receive("late", "ben", { parents: [parent] });
  const keys = core.state.participants.all.filter(({ id }) => id.startsWith("key"));
  const having = (id: string) => {
    const number = core.state.log.entries.get(asMessageId(id))?.number ?? -1;
    return keys.filter(({ credits }) => credits.has(number)).length;
  };
  expect(having(`m${HISTORY - 2_000}`)).toBeLessThan(5);
  core.wait(1_000);
  expect(having("m1")).toBe(300);
});

//= protocol: LIMIT-12
test("so many claims of a participant may be still to be followed: what comes then is not taken, and counts when it comes again", () => {
  const { core, own } = longHistory();
  const lamportOf = (n: number) => core.state.log.entries.get(asMessageId(`m${n}`))?.lamport ?? 0;
  for (let word = 0; word < 4; word++) {
    const old = Array.from({ length: 255 }, (_, n) => `m${word * 255 + n}`);
    const lamport = core.now + word;
    core.hear("cleo", [`m${HISTORY - 1}`, ...old], { completeSince: lamportOf(HISTORY - 4_200 - word), lamport });
  }
  const cleo = core.state.participants.all.find(({ id }) => id === "cleo");
  expect(cleo?.unfinishedWalks).toBe(MAX_UNFINISHED_WALKS);
  const again = (lamport: number) => core.hear("cleo", [own], { completeSince: core.now, lamport });
  again(core.now + 10);
  core.wait(10_000);
  expect(cleo?.unfinishedWalks).toBe(0);
  expect(receiversOf(core, own)).not.toContain("cleo");
  again(core.now + 1);
  expect(receiversOf(core, own)).toContain("cleo");
});

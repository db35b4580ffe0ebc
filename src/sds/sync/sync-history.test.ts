import { expect, test } from "vitest";
import { completeSince } from "../holes/holes.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { receiptPrefixOf } from "./receipts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** So many messages by Ann, each a cause of the next; of some minutes ago. */
function chain(core: OneCore, name: string, length: number): string[] {
  const from = core.now - 5 * MINUTE;
  return Array.from({ length }, (_, n) => {
    const parents = n === 0 ? [] : [{ id: asMessageId(`${name}${n + 99}`), lamport: from + n - 1 }];
    core.receive(`${name}${n + 100}`, "ann", { lamport: from + n, parents });
    return `${name}${n + 100}`;
  });
}

function heads(core: OneCore, count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    core.now++;
    core.receive(`head ${n + 100}`, "ann");
    return `head ${n + 100}`;
  });
}

/** What is built on a message, and on one that never comes and is above all of it. */
function builtOn(core: OneCore, id: string): void {
  const lamport = core.state.log.entries.get(asMessageId(id))?.lamport ?? 0;
  const parents = [
    { id: asMessageId(id), lamport },
    { id: asMessageId("gap"), lamport: core.now - 1 },
  ];
  core.receive("above the gap", "ann", { parents });
  core.wait(11 * MINUTE);
}

function firstSync(core: OneCore) {
  core.online(false);
  core.take("send-sync");
  core.online();
  core.wait(6_000);
  const [first] = core.take("send-sync");
  if (first === undefined) throw new Error("Nothing was said.");
  return { ...first.sync, ids: first.sync.causalHistory.map(({ messageId }) => `${messageId}`) };
}

//= protocol: SYNC-1
test("a sync lists all heads as far as 128 go, otherwise the 64 oldest and 64 others by chance", () => {
  const core = new OneCore();
  const first = heads(core, 128);
  expect(firstSync(core).ids.sort()).toEqual(first);
  core.receive("one more", "ann", { lamport: core.now + 1 });
  const oldest = first.slice(0, 64);
  const drawn = [firstSync(core), firstSync(core)].map(({ ids }) => ids);
  for (const ids of drawn) {
    expect(new Set(ids).size).toBe(128);
    expect(ids).toEqual(expect.arrayContaining(oldest));
  }
  expect(drawn[0]).not.toEqual(drawn[1]);
});

//= protocol: SYNC-3, SINCE-5
test("what complete_since does not prove is named outright: the oldest first, 64 at a time, three times each", () => {
  const core = new OneCore();
  core.online();
  const ids = chain(core, "m", 100);
  builtOn(core, "m199");
  expect(completeSince(core.state)).toBeGreaterThan(core.state.log.entries.get(asMessageId("m199"))?.lamport ?? 0);
  core.wait(12 * HOUR);
  const named = core
    .take("send-sync")
    .map(({ sync }) => sync.causalHistory.map(({ messageId }) => `${messageId}`).filter((id) => id.startsWith("m")))
    .filter((bare) => bare.length > 0 && bare[0] !== "m199");
  expect(named[0]).toEqual(ids.slice(0, 64));
  expect(Math.max(...named.map(({ length }) => length))).toBe(64);
  for (const bare of named) expect(bare).toEqual([...bare].sort());
  for (const id of ids) expect(named.filter((bare) => bare.includes(id)).length, id).toBe(3);
});

//= protocol: SYNC-4, SYNC-5
test("a sync has at most 256 entries, with hints, complete_since and at most eight requests", () => {
  const core = new OneCore();
  core.online();
  for (let n = 0; n < 64; n++) {
    core.now++;
    core.say(`own ${n}`);
  }
  core.taken();
  core.wait(1);
  core.hear("ben", []);
  const bare = chain(core, "b", 70);
  builtOn(core, bare.at(-1) ?? "");
  const asked = chain(core, "a", 70).slice(0, 64);
  const missing = Array.from({ length: 20 }, (_, n) => ({ id: asMessageId(`missing ${n}`), lamport: core.now - 1 }));
  core.receive("names what is missing", "ben", { parents: missing });
  core.online(false);
  core.wait(MINUTE);
  heads(core, 200);
  const [self] = core.state.participants.all;
  const receiptsWantedFrom = self === undefined ? [] : [receiptPrefixOf(self)];
  core.hear("ann", asked, { receiptsWantedFrom, lamport: core.now + 1 });
  core.hear("ben", [], { lamport: core.now + 1 });
  core.take("send-sync");
  core.online();
  core.wait(20_000);
  const syncs = core.take("send-sync").map(({ sync }) => sync);
  expect(syncs.map(({ causalHistory }) => causalHistory.length)).toContain(256);
  expect(Math.max(...syncs.map(({ repairRequests }) => repairRequests.length))).toBe(8);
  for (const sync of syncs) {
    expect(sync.causalHistory.length).toBeLessThanOrEqual(256);
    expect(new Set(sync.causalHistory.map(({ messageId }) => messageId)).size).toBe(sync.causalHistory.length);
    expect(sync.completeSince).toBe(completeSince(core.state));
  }
  const ownEntry = syncs
    .flatMap(({ causalHistory }) => causalHistory)
    .find(({ messageId }) => messageId.startsWith("own"));
  expect(ownEntry?.retrievalHint?.length).toBe(32);
});

import { expect, test, vi } from "vitest";
import { MAX_OTHER_CLAIMS, MAX_UNRESOLVED_CLAIMS } from "../parameters/limits.ts";
import type { Participant } from "../participants/participant.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId, type MessageId } from "../wire/ids.ts";
import { receivedBy } from "./received-by.ts";

//= protocol: CLAIM-4
test("a claim that waits for its message is kept when it is said again, however many others wait by then", () => {
  const core = new OneCore();
  core.online();
  core.hear("ben", ["awaited"]);
  core.wait(1);
  core.hear(
    "ben",
    Array.from({ length: MAX_UNRESOLVED_CLAIMS }, (_, index) => `other ${index}`),
  );
  core.wait(1);
  core.hear("ben", ["awaited"]);
  core.receive("awaited", "cleo");
  const hasIt = (): boolean => {
    const entry = core.state.log.entries.get(asMessageId("awaited"));
    const ben = core.state.participants.byId.get(asParticipantId("ben"));
    return entry !== undefined && ben !== undefined && receivedBy(core.state, entry).has(ben.index);
  };
  expect(hasIt()).toBe(true);
  core.restart();
  expect(hasIt(), "after a restart").toBe(true);
});

test("a participant who said more values of complete_since than are kept makes no walk longer", () => {
  const core = new OneCore();
  core.online();
  const layers = 8;
  let before: { id: MessageId; lamport: number }[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const lamport = core.now - 1_000 + layer;
    const ids = [0, 1, 2].map((place) => asMessageId(`${layer} ${place}`));
    for (const id of ids) core.receive(id, "ann", { lamport, parents: before });
    before = ids.map((id) => ({ id, lamport }));
  }
  const [head = { id: asMessageId("") }] = before;
  for (let value = 0; value < 254; value++) core.hear("mal", [head.id], { completeSince: 2 ** 52 - value });
  const { credits } = participantOf(core, "mal");
  const since = vi.spyOn(credits, "since");
  core.hear("mal", [head.id], { lamport: core.now + 1, completeSince: 0 });
  // Each edge is looked at once at most; there are 3 ** 8 paths.
  expect(since.mock.calls.length).toBeLessThan(9 * layers + 10);
});

const claimsOf = (core: OneCore, name: string): number => {
  const { index } = participantOf(core, name);
  return core.tables.load().participants.find((record) => record.index === index)?.claims.length ?? 0;
};

/** A chain of messages by ann, oldest first. */
function chain(core: OneCore, length: number): string[] {
  const ids = Array.from({ length }, (_, place) => `m${place}`);
  for (const [place, id] of ids.entries()) {
    const lamport = core.now - 10_000 + place;
    const parents = place === 0 ? [] : [{ id: asMessageId(`m${place - 1}`), lamport: lamport - 1 }];
    core.receive(id, "ann", { lamport, parents });
  }
  return ids;
}

//= protocol: CLAIM-8
test("what is proven already makes no claim longer, however often it is named", () => {
  const core = new OneCore();
  core.online();
  const ids = chain(core, 50);
  core.hear("ben", ids.slice(-1));
  for (const id of ids) core.hear("ben", ["m49", id], { lamport: ++core.now });
  expect(claimsOf(core, "ben")).toBe(1);
});

//= protocol: CLAIM-8, PROFILE-5
test("nothing of unsigned claims is written down", () => {
  const core = new OneCore({}, "sds");
  core.online();
  for (const id of chain(core, 20)) {
    core.hear("plain", [id, "unknown"], { signed: false, publicKey: null, completeSince: Number.POSITIVE_INFINITY });
  }
  expect(claimsOf(core, "plain")).toBe(0);
  expect(participantOf(core, "plain").unresolvedClaims).toBe(1);
});

//= protocol: CLAIM-8
test("who lists old messages of others one by one fills nothing, and takes nothing from what is known of own ones", () => {
  const core = new OneCore();
  core.online();
  const own = core.say("own");
  core.taken();
  const ids = chain(core, 400);
  core.wait(100);
  const late = { id: asMessageId("late"), lamport: core.now - 5 };
  core.receive("above", "ann", { parents: [late, edgeTo(core, own)] });
  core.wait(11 * 60_000);
  core.hear("mal", ["above"]);
  for (let start = 0; start < ids.length; start += 100) {
    core.hear("mal", ids.slice(start, start + 100), { lamport: ++core.now, completeSince: 2 ** 52 });
  }
  expect(claimsOf(core, "mal")).toBe(MAX_OTHER_CLAIMS + 1);
  core.restart();
  const hasIt = (id: string) => {
    const entry = core.state.log.entries.get(asMessageId(id));
    return entry !== undefined && participantOf(core, "mal").credits.has(entry.number);
  };
  expect([own, "above", "m399", "m0"].map(hasIt)).toEqual([true, true, true, false]);
  core.receive("late", "ann", { lamport: late.lamport });
  expect(hasIt("late")).toBe(true);
});

test("the first word of a new key tells of own messages, and of the newest of others", () => {
  const core = new OneCore();
  core.online();
  const own = core.say("own");
  core.taken();
  core.wait(10);
  core.receive("m", "ann", { lamport: core.now, parents: [edgeTo(core, own)] });
  for (let place = 1; place < 2_000; place++) {
    core.now++;
    const before = core.state.log.order.last();
    if (before !== undefined)
      core.receive(`m${place}`, "ann", { lamport: core.now, parents: [edgeTo(core, before.id)] });
  }
  const rows = core.tables.ledger.length;
  core.hear("new", ["m1999"]);
  const told = core.tables.ledger.slice(rows).filter((row) => row.kind === "evidence");
  const ids = told.flatMap((row) => row.ids);
  expect(ids.length).toBe(257);
  expect(ids[0]).toBe("m1999");
  expect(told[0]).toMatchObject({ listed: 1 });
  expect(ids).toContain(own);
  expect(ids).toContain("m1744");
  const { credits } = participantOf(core, "new");
  for (const entry of core.state.log.order) expect(credits.has(entry.number)).toBe(true);
  expect(core.state.outbox.items.get(own)?.stage).toBe("settled");
});

function edgeTo(core: OneCore, id: MessageId): { id: MessageId; lamport: number } {
  return { id, lamport: core.state.log.entries.get(id)?.lamport ?? 0 };
}

function participantOf(core: OneCore, name: string): Participant {
  const participant = core.state.participants.byId.get(asParticipantId(name));
  if (participant === undefined) throw new Error(`${name} is not known.`);
  return participant;
}

//= protocol: CLAIM-5
test("what made-up causes keep in memory does not grow with the keys whose words pass over them", () => {
  const core = new OneCore();
  core.online();
  const wide = ["w0", "w1", "w2"];
  for (const id of wide) {
    const parents = Array.from({ length: 256 }, (_, n) => ({ id: asMessageId(`${id} ${n}`), lamport: core.now - 1 }));
    core.receive(id, "mal", { parents });
  }
  for (let key = 0; key < 10; key++) core.hear(`key ${key}`, wide);
  expect(core.state.evidence.pending.size).toBe(0);
  core.receive("w1 7", "mal", { lamport: core.now - 1 });
  const entry = core.state.log.entries.get(asMessageId("w1 7"));
  for (let key = 0; key < 10; key++)
    expect(participantOf(core, `key ${key}`).credits.has(entry?.number ?? -1)).toBe(true);
});

test("however many values of complete_since a participant said, a head proves what is below it", () => {
  const core = new OneCore();
  core.online();
  const next = (id: string) => {
    core.now += 10;
    const before = core.state.log.order.last();
    core.receive(id, "ann", { lamport: core.now, parents: before === undefined ? [] : [edgeTo(core, before.id)] });
  };
  for (let value = 0; value < 1_000; value++) {
    next(`m${value}`);
    core.hear("ben", [`m${value}`], { completeSince: core.now });
  }
  const since = core.now + 1;
  for (const id of ["x", "y", "z"]) next(id);
  core.hear("ben", ["z"], { completeSince: since });
  const { credits } = participantOf(core, "ben");
  for (const entry of core.state.log.order) expect(credits.has(entry.number), entry.id).toBe(true);
});

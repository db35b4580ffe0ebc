import { describe, expect, test } from "vitest";
import { ownMissing } from "../holes/own.ts";
import { requestDelay, responseDelay } from "../holes/repair-timing.ts";
import { nextWakeAt } from "../schedules.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId, type MessageId } from "../wire/ids.ts";
import { nextRequestSyncAt } from "./repair.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const T_REQ = requestDelay("me", "gap", { tMinMs: 2_000, tMaxMs: 10_000 });

const asks = (...ids: string[]) => ({ repairRequests: ids.map((id) => ({ messageId: asMessageId(id) })) });

/** Ben's message waits for one that never comes. So many others are present, he among them. */
function withGap(others = 1) {
  const core = new OneCore();
  core.online();
  core.wait(HOUR);
  for (let n = 1; n < others; n++) core.hear(`other ${n}`, []);
  core.take("send-sync");
  core.receive("child", "ben", { parents: [{ id: asMessageId("gap"), lamport: core.now - 1 }] });
  const missing = core.state.holes.missing.get(asMessageId("gap"));
  if (missing === undefined) throw new Error("Nothing is missing.");
  return { core, missing };
}

/** Goes on to the next wake; what is asked of the others then. */
function nextRequests(core: OneCore): string[] {
  core.now = Math.max(core.now, Math.ceil(nextWakeAt(core.state, core.now)));
  core.step({ kind: "wake" });
  return core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => `${messageId}`));
}

//= protocol: REPAIR-1
test.each([
  { others: 1, pausesS: [5, 10, 20, 40, 80, 160, 300, 300] },
  // W/2 is 6.25 s for 20 participants, and would be 21.9 s for 70.
  { others: 19, pausesS: [6.25, 12.5, 25, 50, 100, 200, 300] },
  { others: 69, pausesS: [20, 40, 80, 160, 300, 300] },
])(
  "a request is due T_req after the id was missed, then A after it, doubling to 5 min: beside $others others",
  (one) => {
    const { core, missing } = withGap(one.others);
    expect(missing.requestAt - core.now).toBe(T_REQ);
    const pauses: number[] = [];
    while (pauses.length < one.pausesS.length) {
      if (nextRequests(core).includes("gap")) pauses.push((missing.requestAt - core.now) / SECOND);
    }
    expect(pauses).toEqual(one.pausesS);
  },
);

//= protocol: REPAIR-7
test("whoever asks for it as well puts mine off, once, and does not delete it", () => {
  const { core, missing } = withGap();
  core.wait(SECOND);
  core.hear("cleo", [], asks("gap"));
  const putOffTo = core.now + T_REQ;
  expect(missing.requestAt).toBe(putOffTo);
  core.wait(SECOND);
  core.hear("dora", [], asks("gap"));
  expect(missing.requestAt).toBe(putOffTo);
  while (core.now < putOffTo) expect(nextRequests(core).length === 0 || core.now >= putOffTo).toBe(true);
  core.wait(4 * SECOND);
  expect(missing.requests).toBe(1);
});

//= protocol: REPAIR-5
test("a sync asks for eight at most, some of each participant who names any: long lists crowd nobody out", () => {
  const core = new OneCore();
  core.online();
  core.wait(HOUR);
  core.take("send-sync");
  const parents = Array.from({ length: 40 }, (_, n) => ({ id: asMessageId(`made up ${n}`), lamport: core.now - 1 }));
  core.receive("lie", "liar", { parents });
  core.receive("child", "ben", { parents: [{ id: asMessageId("gap"), lamport: core.now - 1 }] });
  const due = core.now + T_REQ;
  let first: string[] = [];
  while (first.length === 0) {
    const asked = nextRequests(core);
    expect(asked.length).toBeLessThanOrEqual(8);
    if (core.now >= due && asked.length > 0) first = asked;
  }
  expect(first).toContain("gap");
});

/** Ten messages by Ann, each a cause of the next. */
function annsChain(): { core: OneCore; lamports: number[] } {
  const core = new OneCore();
  core.online();
  const lamports: number[] = [];
  for (let n = 0; n < 10; n++) {
    core.now++;
    const parents = n === 0 ? [] : [{ id: asMessageId(`m${n - 1}`), lamport: core.now - 1 }];
    core.receive(`m${n}`, "ann", { parents });
    lamports.push(core.now);
  }
  core.now++;
  return { core, lamports };
}

const owed = (core: OneCore) => [...core.state.repair.answers.keys()].map((id) => `${id}`).sort();

describe("an answer", () => {
  //= protocol: REPAIR-8
  test("comes after T_resp of the author that is stored, whoever the request says it is; for an own message at once", () => {
    const { core } = annsChain();
    const own = core.say("mine");
    core.taken();
    core.hear("ben", [], {
      ...{ repairRequests: [{ messageId: asMessageId("m0"), senderId: asParticipantId("me") }] },
      completeSince: core.now,
    });
    const delay = responseDelay("me", "ann", "m0", 20_000);
    expect(core.state.repair.answers.get(asMessageId("m0"))?.at).toBe(core.now + delay);
    core.wait(delay - 1);
    expect(core.take("repair")).toEqual([]);
    core.wait(1);
    expect(core.take("repair")).toEqual([{ kind: "repair", id: "m0" }]);
    core.hear("ben", [], { ...asks(own), completeSince: core.now + 1, lamport: core.now });
    core.wait(0);
    expect(core.take("repair").map(({ id }) => id)).toEqual([own]);
  });

  //= protocol: REPAIR-10
  test("takes along what the requester lacks below it, down to its complete_since and not through what it has", () => {
    const { core, lamports } = annsChain();
    core.hear("ben", [], { ...asks("m9"), completeSince: lamports[5] ?? 0 });
    expect(owed(core)).toEqual(["m5", "m6", "m7", "m8", "m9"]);
    const other = annsChain().core;
    other.hear("ben", ["m7"], { completeSince: Number.MAX_SAFE_INTEGER });
    other.now++;
    other.hear("ben", [], asks("m9"));
    expect(owed(other)).toEqual(["m8", "m9"]);
  });
});

//= protocol: REPAIR-11, PRESENCE-4, PROFILE-5
test.each<[string, (core: OneCore, id: MessageId, lamport: number) => void]>([
  ["said before what was acted on", (core, id, lamport) => core.hear("ben", [], { ...asks(id), lamport: lamport - 1 })],
  ["replayed", (core, id, lamport) => core.hear("ben", [], { ...asks(id), lamport })],
  ["out of a Store", (core, id) => core.hear("ben", [], { ...asks(id), source: "store" })],
  ["of more than a day ago", (core, id) => core.hear("cleo", [], { ...asks(id), lamport: core.now - 25 * HOUR })],
  ["that nobody signed", (core, id) => core.hear("plain", [], { ...asks(id), signed: false, publicKey: null })],
])("a request %s is not answered", (_what, hear) => {
  const core = new OneCore({}, "sds");
  core.online();
  const id = core.say("hello");
  core.taken();
  const lamport = core.now;
  core.hear("ben", [], { ...asks(id), lamport });
  core.wait(MINUTE);
  expect(core.take("repair"), "the newest, live").toHaveLength(1);
  hear(core, id, lamport);
  core.wait(MINUTE);
  expect(core.take("repair")).toEqual([]);
});

//= protocol: REPAIR-3, REPAIR-4
test("what was asked for goes on being asked for in syncs of its own, one in 30 s, when its namer comes into doubt", () => {
  const { core, missing } = withGap();
  while (missing.requests < 2) nextRequests(core);
  core.hear(
    "ben",
    Array.from({ length: 64 }, (_, n) => `made up ${n}`),
  );
  for (const other of core.state.holes.missing.values()) {
    if (other !== missing) ownMissing(other).requestAt = core.now + HOUR;
  }
  expect(nextRequestSyncAt(core.state, core.now)).toBeLessThanOrEqual(core.now + 30 * SECOND);
});

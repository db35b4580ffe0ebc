import { expect, test } from "vitest";
import { nextWakeAt } from "../schedules.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { requestDelay } from "./repair-timing.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const GAP = asMessageId("gap");

function withChildOf(parent: { lamport: number | null; hint?: Uint8Array }, profile?: "sds"): OneCore {
  const core = new OneCore({}, profile);
  core.online();
  const content = core.content(asMessageId("child"), "ben", { parents: [{ id: GAP, ...parent }] });
  const unsigned = { ...content, signed: false, publicKey: null, authorSeq: null };
  core.step({
    ...{ kind: "receive-content", content: profile === "sds" ? unsigned : content, claim: null },
    ...{ source: "live", hint: undefined },
  });
  return core;
}

const asked = (core: OneCore) => core.take("fetch").flatMap(({ wanted }) => wanted);

//= protocol: HOLE-1, HOLE-4
test("a Store is asked after 2 s, then after 4 s, doubling to half an hour, for a day", () => {
  const core = withChildOf({ lamport: 1_760_000_000_000 - 1 });
  const from = core.now;
  let last = core.now;
  const pauses: number[] = [];
  while (core.now < from + 30 * HOUR) {
    core.now = Math.max(core.now, Math.ceil(nextWakeAt(core.state, core.now)));
    core.step({ kind: "wake" });
    if (asked(core).length === 0) continue;
    pauses.push((core.now - last) / SECOND);
    last = core.now;
  }
  expect(pauses.slice(0, 12)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 1_800, 1_800]);
  expect(last - from).toBeLessThanOrEqual(24 * HOUR);
  expect(last - from).toBeGreaterThan(23 * HOUR);
});

//= protocol: HOLE-1, LIMIT-5, PROFILE-2
test("by its hash if a hint of 32 bytes is known, by its time otherwise, and not at all without either", () => {
  const hint = new Uint8Array(32).fill(1);
  const lamport = 1_760_000_000_000 - 1;
  const first = (core: OneCore) => {
    core.wait(3 * SECOND);
    return asked(core);
  };
  expect(first(withChildOf({ lamport, hint }))).toEqual([{ id: GAP, hint, lamport }]);
  expect(first(withChildOf({ lamport, hint: hint.subarray(1) }))).toEqual([{ id: GAP, hint: undefined, lamport }]);
  expect(first(withChildOf({ lamport: null, hint }, "sds"))).toEqual([{ id: GAP, hint, lamport: null }]);
  const without = withChildOf({ lamport: null }, "sds");
  without.hear("ben", ["named by a sync"]);
  without.wait(HOUR);
  expect(asked(without)).toEqual([]);
});

//= protocol: HOLE-7
test("on a connection all is asked for anew, of a Store and of the others", () => {
  const core = withChildOf({ lamport: 1_760_000_000_000 - 1 });
  core.wait(2 * HOUR);
  core.online(false);
  asked(core);
  core.online();
  const missing = core.state.holes.missing.get(GAP);
  expect(missing?.requestAt).toBe(core.now + requestDelay("me", GAP, { tMinMs: 2_000, tMaxMs: 10_000 }));
  core.wait(2 * SECOND);
  expect(asked(core).map(({ id }) => id)).toEqual([GAP]);
});

//= protocol: JOIN-3, HOLE-2, HOLE-6
test("a cause from before joining is neither waited for, nor shown as a hole, nor asked for; what a Store gives of it is taken", () => {
  const core = new OneCore();
  core.online();
  const lamport = core.state.holes.joinLamport - 1;
  core.receive("child", "ben", { parents: [{ id: asMessageId("older"), lamport }] });
  const log = () => [...core.state.log.order].map(({ id }) => `${id}`);
  expect(log()).toEqual(["child"]);
  core.wait(HOUR);
  expect(core.tables.load().holes).toEqual([]);
  expect(asked(core)).toEqual([]);
  expect(core.take("send-sync").flatMap(({ sync }) => sync.repairRequests)).toEqual([]);
  core.receive("older", "ann", { lamport, source: "store" });
  expect(log()).toEqual(["older", "child"]);
});

import { expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createPulse } from "./pulse.ts";

const LIMIT_MS = 11_500;

/** A connection over which pings are answered as `mode` says, after `delayMs`. */
function bench({ attended = true, heard = true } = {}) {
  const virtual = createVirtualClock(1_000_000);
  let skewMs = 0;
  /** Its time can go on, or back, without a timer that fires. */
  const clock = {
    ...{ schedule: virtual.schedule, advanceSettled: virtual.advanceSettled },
    now: () => virtual.now() + skewMs,
    jump: (ms: number) => {
      skewMs += ms;
    },
    get pending() {
      return virtual.pending;
    },
  };
  const start = clock.now();
  const since = () => clock.now() - start;
  const pings: number[] = [];
  const seen: string[] = [];
  const made = {
    attended,
    mode: "answers" as "answers" | "silent" | "fails",
    delayMs: 0,
    heardAt: heard ? start : undefined,
  };
  const pulse = createPulse({
    ping: () => {
      pings.push(since());
      const { mode, delayMs } = made;
      return new Promise((resolve, reject) => {
        if (mode === "silent") return;
        clock.schedule(delayMs, () => (mode === "fails" ? reject(new Error("closed")) : resolve()));
      });
    },
    heardAt: () => made.heardAt,
    ...{ silenceLimitMs: LIMIT_MS, isAttended: () => made.attended, clock },
    onChange: () => seen.push(`${pulse.isQuiet() ? "quiet" : "heard"} ${since()}`),
    onDead: () => seen.push(`dead ${since()}`),
  });
  return { clock, made, pings, seen, pulse, since };
}

test("pings every four seconds while somebody looks, every fifteen while nobody does, and soon when somebody comes", async () => {
  const { clock, made, pings, seen, pulse } = bench();
  await clock.advanceSettled(12_500);
  expect(pings).toEqual([4_000, 8_000, 12_000]);
  made.attended = false;
  await clock.advanceSettled(30_000);
  expect(pings.slice(3)).toEqual([27_000, 42_000]);
  made.attended = true;
  await clock.advanceSettled(8_000);
  expect(pings.slice(5)).toEqual([46_000, 50_000]);
  pulse.stop();
  expect([clock.pending, seen]).toEqual([0, []]);
});

test("where something comes anyway nothing is asked", async () => {
  const { clock, made, pings, pulse } = bench();
  for (let second = 0; second < 30; second++) {
    made.heardAt = clock.now();
    await clock.advanceSettled(1_000);
  }
  expect(pings).toEqual([]);
  pulse.stop();
});

test("a dead connection is quiet three seconds after the question, and dead at the limit; nothing follows", async () => {
  const { clock, made, pings, seen, pulse } = bench();
  made.mode = "silent";
  await clock.advanceSettled(60_000);
  expect([pings, seen]).toEqual([[4_000], ["quiet 7000", "dead 15500"]]);
  expect([pulse.isQuiet(), clock.pending]).toEqual([false, 0]);
});

test("one that stands still for ten seconds and goes on is quiet meanwhile, and lives", async () => {
  const { clock, made, pings, seen, pulse } = bench();
  made.delayMs = 10_000;
  await clock.advanceSettled(14_000);
  made.delayMs = 0;
  await clock.advanceSettled(4_000);
  expect([pings, seen]).toEqual([
    [4_000, 18_000],
    ["quiet 7000", "heard 14000"],
  ]);
  pulse.stop();
});

test("what comes ends the quiet, though the ping waits behind it; but half a minute without an answer is the end", async () => {
  const { clock, made, seen, since } = bench();
  made.mode = "silent";
  await clock.advanceSettled(8_000);
  made.heardAt = clock.now();
  await clock.advanceSettled(500);
  expect(seen).toEqual(["quiet 7000", "heard 8500"]);
  while (since() < 40_000) {
    made.heardAt = clock.now();
    await clock.advanceSettled(500);
  }
  expect(seen.at(-1)).toBe("dead 34000");
});

test("a question that waits for a second is followed by a ping, one that is answered is not", async () => {
  const { clock, made, pings, seen, pulse } = bench();
  made.mode = "silent";
  await clock.advanceSettled(500);
  pulse.asked();
  await clock.advanceSettled(400);
  pulse.asked();
  made.heardAt = clock.now();
  await clock.advanceSettled(600);
  expect(pings).toEqual([]);
  await clock.advanceSettled(500);
  pulse.asked();
  await clock.advanceSettled(1_000);
  expect(pings).toEqual([3_000]);
  await clock.advanceSettled(3_000);
  expect(seen).toEqual(["quiet 6000"]);
  pulse.stop();
});

test("a ping whose stream was closed is an answer if something was heard, and none if nothing was", async () => {
  const { clock, made, pings, seen } = bench();
  made.mode = "fails";
  made.delayMs = 10;
  await clock.advanceSettled(4_005);
  made.heardAt = clock.now();
  await clock.advanceSettled(4_500);
  expect([pings, seen]).toEqual([[4_000, 8_010], []]);
  await clock.advanceSettled(20_000);
  expect(seen).toEqual(["quiet 11010", "dead 19510"]);
});

test("a program that was held up gives what waited at the socket its time, and so does one that slept", async () => {
  const { clock, made, seen, pulse } = bench();
  made.mode = "silent";
  await clock.advanceSettled(4_000);
  clock.jump(60_000);
  await clock.advanceSettled(3_000);
  expect(seen).toEqual(["quiet 67000"]);
  made.heardAt = clock.now();
  await clock.advanceSettled(500);
  expect(seen.slice(1)).toEqual(["heard 67500"]);
  pulse.stop();
});

test("a clock that is set back asks at once, and does not wait until it has caught up", async () => {
  const { clock, pings, seen, pulse } = bench();
  await clock.advanceSettled(5_000);
  clock.jump(-600_000);
  await clock.advanceSettled(4_000);
  expect(pings.length).toBe(2);
  await clock.advanceSettled(12_000);
  expect([pings.length, seen]).toEqual([5, []]);
  pulse.stop();
});

test("a clock that is set back while a ping waits does not make a dead connection live longer", async () => {
  const { clock, made, seen } = bench();
  made.mode = "silent";
  await clock.advanceSettled(5_000);
  clock.jump(-600_000);
  await clock.advanceSettled(2_000 + LIMIT_MS);
  expect(seen.map((each) => each.split(" ")[0])).toEqual(["quiet", "dead"]);
});

test("more questions do not put the ping off, nor does a question one that is due sooner", async () => {
  const { clock, made, pings, pulse } = bench();
  made.mode = "silent";
  await clock.advanceSettled(100);
  for (let turn = 0; turn < 6; turn++) {
    pulse.asked();
    await clock.advanceSettled(400);
  }
  expect(pings).toEqual([1_100]);
  pulse.stop();
  const late = bench();
  await late.clock.advanceSettled(3_900);
  late.pulse.asked();
  await late.clock.advanceSettled(100);
  expect(late.pings).toEqual([4_000]);
  late.pulse.stop();
});

test("who comes to look while a long pause runs has a ping within four seconds", async () => {
  const { clock, made, pings, pulse } = bench({ attended: false });
  await clock.advanceSettled(15_000 + 7_500);
  expect(pings).toEqual([15_000]);
  made.attended = true;
  await clock.advanceSettled(4_000);
  expect(pings).toEqual([15_000, 23_000]);
  pulse.stop();
});

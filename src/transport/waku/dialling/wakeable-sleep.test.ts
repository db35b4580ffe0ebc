import { expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createWakeableSleep } from "./wakeable-sleep.ts";

/** A sleep, and when each of those that `sleep` begins ended. */
function bench() {
  const clock = createVirtualClock(0);
  const sleeper = createWakeableSleep(clock);
  const ended: number[] = [];
  const sleep = (ms: number): void => void sleeper.sleep(ms).then(() => ended.push(clock.now()));
  return { clock, sleeper, ended, sleep };
}

test("lasts its time, one after the other", async () => {
  const { clock, ended, sleep } = bench();
  sleep(100);
  await clock.advanceSettled(99);
  expect(ended).toEqual([]);
  await clock.advanceSettled(1);
  sleep(50);
  await clock.advanceSettled(100);
  expect([ended, clock.pending]).toEqual([[100, 150], 0]);
});

test("is cut short by waking, which leaves no timer and does not touch the next one", async () => {
  const { clock, sleeper, ended, sleep } = bench();
  sleep(100);
  await clock.advanceSettled(30);
  sleeper.wake();
  sleeper.wake();
  expect(clock.pending).toBe(0);
  await clock.advanceSettled(10);
  sleep(100);
  await clock.advanceSettled(1_000);
  expect(ended).toEqual([30, 140]);
});

test("that is woken before it begins does not begin, once, however often it was woken", async () => {
  const { clock, sleeper, ended, sleep } = bench();
  sleeper.wake();
  sleeper.wake();
  sleep(100);
  await clock.advanceSettled(10);
  sleep(100);
  await clock.advanceSettled(1_000);
  expect([ended, clock.pending]).toEqual([[0, 110], 0]);
});

test("that ended by itself was not woken: a wake after it is for the next one", async () => {
  const { clock, sleeper, ended, sleep } = bench();
  sleep(100);
  await clock.advanceSettled(200);
  sleeper.wake();
  sleep(100);
  await clock.advanceSettled(1_000);
  expect(ended).toEqual([100, 200]);
});

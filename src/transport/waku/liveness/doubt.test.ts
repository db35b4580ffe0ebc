import { expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createDoubt } from "./doubt.ts";

test("there is none at first; then a look is due every three seconds for a minute, each about all of it", async () => {
  const clock = createVirtualClock(5_000);
  const doubt = createDoubt(clock);
  expect([doubt.exists(), doubt.dueAt(), doubt.lastsMs()]).toEqual([false, Number.POSITIVE_INFINITY, 0]);
  doubt.looked();
  expect(doubt.dueAt()).toBe(Number.POSITIVE_INFINITY);
  doubt.begin();
  const looks: number[] = [];
  while (doubt.exists()) {
    await clock.advanceSettled(doubt.dueAt() - clock.now());
    looks.push(doubt.lastsMs());
    doubt.looked();
  }
  expect(looks).toEqual(Array.from({ length: 20 }, (_, index) => (index + 1) * 3_000));
});

test("it ends with the first push, and may begin again", async () => {
  const clock = createVirtualClock(5_000);
  const doubt = createDoubt(clock);
  doubt.begin();
  await clock.advanceSettled(3_000);
  doubt.looked();
  doubt.end();
  expect([doubt.exists(), doubt.dueAt()]).toEqual([false, Number.POSITIVE_INFINITY]);
  doubt.begin();
  expect(doubt.dueAt()).toBe(11_000);
});

test("a push that was broken off is looked for, whatever is pushed behind it", async () => {
  const clock = createVirtualClock(5_000);
  const doubt = createDoubt(clock);
  doubt.lost();
  await clock.advanceSettled(1_000);
  doubt.end();
  expect([doubt.exists(), doubt.dueAt(), doubt.lastsMs()]).toEqual([true, 8_000, 1_000]);
  await clock.advanceSettled(2_000);
  doubt.looked();
  expect([doubt.exists(), doubt.dueAt()]).toEqual([false, Number.POSITIVE_INFINITY]);
  doubt.lost();
  await clock.advanceSettled(3_000);
  doubt.looked();
  expect([doubt.exists(), doubt.dueAt()]).toEqual([true, 14_000]);
  doubt.end();
  expect(doubt.exists()).toBe(false);
});

test("pushes that are broken off again and again do not put the look off, which is about a minute at most", async () => {
  const clock = createVirtualClock(5_000);
  const doubt = createDoubt(clock);
  const looks: (readonly [number, number])[] = [];
  for (let second = 0; second < 180; second++) {
    doubt.lost();
    if (clock.now() >= doubt.dueAt()) {
      looks.push([clock.now() - 5_000, doubt.lastsMs()]);
      doubt.looked();
    }
    await clock.advanceSettled(1_000);
  }
  expect(looks.slice(0, 3)).toEqual([
    [3_000, 3_000],
    [6_000, 6_000],
    [9_000, 9_000],
  ]);
  expect(looks).toHaveLength(59);
  expect(Math.max(...looks.map(([, ms]) => ms))).toBe(63_000);
  await clock.advanceSettled(60_000);
  doubt.looked();
  expect(doubt.exists()).toBe(false);
});

test("one that begins again while it lasts, lasts a minute from then on, and is about all since it began first", async () => {
  const clock = createVirtualClock(5_000);
  const doubt = createDoubt(clock);
  doubt.begin();
  await clock.advanceSettled(59_000);
  doubt.begin();
  await clock.advanceSettled(3_000);
  expect(doubt.lastsMs()).toBe(62_000);
  doubt.looked();
  expect([doubt.exists(), doubt.dueAt()]).toEqual([true, 70_000]);
});

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

test("one that begins again while it lasts, lasts a minute from then on", async () => {
  const clock = createVirtualClock(5_000);
  const doubt = createDoubt(clock);
  doubt.begin();
  await clock.advanceSettled(59_000);
  doubt.begin();
  await clock.advanceSettled(3_000);
  expect(doubt.lastsMs()).toBe(3_000);
  doubt.looked();
  expect([doubt.exists(), doubt.dueAt()]).toEqual([true, 70_000]);
});

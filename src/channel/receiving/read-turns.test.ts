import { expect, test } from "vitest";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import { createReadTurns } from "./read-turns.ts";

function bench() {
  const clock = createVirtualClock(0);
  const turns = createReadTurns(clock);
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const take = (name: string) =>
    void turns.take(async () => {
      log.push(`${name} at ${clock.now()}`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
    });
  return { clock, turns, log, take, end: (name: string) => ends.get(name)?.() };
}

test("each read waits for those before it, and for none longer than ten seconds", async () => {
  const { clock, turns, log, take, end } = bench();
  for (const name of ["a", "b", "c"]) take(name);
  await clock.advanceSettled(1_000);
  expect(log).toEqual(["a at 0"]);
  end("a");
  await clock.advanceSettled(0);
  expect(log).toEqual(["a at 0", "b at 1000"]);
  await clock.advanceSettled(8_999);
  expect(log).toHaveLength(2);
  await clock.advanceSettled(1);
  expect(log.slice(2)).toEqual(["c at 10000"]);
  end("b");
  end("c");
  await clock.advanceSettled(0);
  take("d");
  await clock.advanceSettled(0);
  expect([log.at(-1), turns.isIdle(), clock.pending]).toEqual(["d at 10000", false, 0]);
});

test("a read that fails lets the next one go, and its failure is its caller's", async () => {
  const { clock, turns, log, take } = bench();
  const failed = turns.take(() => Promise.reject(new Error("No Store answers.")));
  take("next");
  await expect(failed).rejects.toThrow("No Store answers.");
  await clock.advanceSettled(0);
  expect(log).toEqual(["next at 0"]);
});

test("after the end nobody waits", async () => {
  const { clock, turns, log, take } = bench();
  take("a");
  take("b");
  await clock.advanceSettled(100);
  turns.close();
  await clock.advanceSettled(0);
  expect([log, clock.pending]).toEqual([["a at 0", "b at 100"], 0]);
});

import { expect, test } from "vitest";
import { createAnswerCache } from "./answer-cache.ts";

function cacheAt() {
  const clock = { time: 0, now: () => clock.time };
  let performed = 0;
  const cache = createAnswerCache<number>(clock);
  const ask = (client: string, id: number, content = "the same") =>
    cache.once(client, id, content, async () => ++performed);
  return { clock, ask };
}

test("the first answer is given again, to the same client and id, also while it is under way", async () => {
  const { ask } = cacheAt();
  expect(await Promise.all([ask("a", 1), ask("a", 1), ask("a", 2), ask("b", 1)])).toEqual([1, 1, 2, 3]);
  expect(await ask("a", 1)).toBe(1);
});

test("something else under the same id gets no answer to the first, and is not done", async () => {
  const { ask } = cacheAt();
  expect(await ask("a", 1, "one")).toBe(1);
  expect(ask("a", 1, "other")).toBe(null);
  expect(await ask("a", 1, "one")).toBe(1);
  expect(await ask("b", 1, "other")).toBe(2);
});

test("an answer is forgotten after five minutes, not before", async () => {
  const { clock, ask } = cacheAt();
  await ask("a", 1);
  clock.time = 300_000;
  expect(await ask("a", 1)).toBe(1);
  clock.time = 300_001;
  expect(await ask("a", 1)).toBe(2);
});

test("what is remembered is bounded: the oldest answers and the longest silent clients go", async () => {
  const { ask } = cacheAt();
  for (let id = 1; id <= 1_025; id++) await ask("a", id);
  expect(await ask("a", 2)).toBe(2);
  expect(await ask("a", 1)).toBe(1_026);
  for (let client = 0; client < 254; client++) await ask(`c${client}`, 1);
  await ask("a", 1_025);
  await ask("d", 1);
  await ask("e", 1);
  expect(await ask("a", 1_025)).toBe(1_025);
  expect(await ask("c0", 1)).toBeGreaterThan(1_026 + 254);
});

import { expect, test } from "vitest";
import { createCredits } from "./credits.ts";

//= protocol: LIMIT-13
test("when no epoch is free neighbours are merged: what is kept is never lower than what was claimed, and stays finite", () => {
  const credits = createCredits();
  const values = Array.from({ length: 2_000 }, (_, n) => 1_000 + ((n * 7_919) % 2_000));
  credits.credit(0, Number.POSITIVE_INFINITY);
  for (const [place, value] of values.entries()) {
    credits.credit(place + 1, value);
    expect(credits.since(place + 1), "what was credited last").toBe(value);
  }
  expect(credits.since(0)).toBe(Number.POSITIVE_INFINITY);
  const kept = values.map((_, place) => credits.since(place + 1) ?? 0);
  for (const [place, value] of values.entries()) {
    expect(kept[place]).toBeGreaterThanOrEqual(value);
    expect(kept[place]).toBeLessThan(3_000);
  }
  expect(new Set(kept).size).toBeGreaterThan(100);
  expect(credits.since(values.length + 1)).toBe(null);
});

test("an entry that was raised can be credited under the lower value again", () => {
  const credits = createCredits();
  for (let value = 0; value < 300; value++) credits.credit(value, 1_000 + value);
  const [raised] = Array.from({ length: 300 }, (_, n) => n).filter((n) => credits.since(n) !== 1_000 + n);
  expect(raised).toBeDefined();
  credits.credit(raised ?? 0, 1_000 + (raised ?? 0));
  expect(credits.since(raised ?? 0)).toBe(1_000 + (raised ?? 0));
});

test("credits far apart cost no more than the pages that they are in, and none of the others", () => {
  const before = process.memoryUsage().arrayBuffers;
  const all = Array.from({ length: 100 }, () => {
    const credits = createCredits();
    credits.credit(999_999, 5);
    return credits;
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  for (const credits of all) {
    expect([999_998, 999_999, 1_000_000, 0, 2 ** 30].map(credits.since)).toEqual([null, 5, null, null, null]);
  }
});

test("the lower complete_since is kept, over the borders of pages", () => {
  const credits = createCredits();
  for (let number = 1_000; number < 3_100; number++) credits.credit(number, number % 3);
  for (let number = 1_000; number < 3_100; number++) credits.credit(number, 1);
  for (let number = 1_000; number < 3_100; number++) expect(credits.since(number)).toBe(Math.min(number % 3, 1));
  expect(credits.has(999) || credits.has(3_100)).toBe(false);
});

test("many entries are credited at once as one by one, each in its page", () => {
  const [marks, bit] = [new Int32Array(3_000), 1 << 31];
  for (const number of [0, 5, 1_023, 1_024, 2_999]) marks[number] = bit | 1;
  marks[7] = 1;
  const credits = createCredits();
  expect(credits.isEmpty()).toBe(true);
  credits.credit(5, 50);
  credits.expect(40);
  credits.creditMarked(marks, bit, 40);
  expect([0, 5, 7, 1_022, 1_023, 1_024, 2_999, 3_000].map(credits.since)).toEqual([
    40,
    40,
    null,
    null,
    40,
    40,
    40,
    null,
  ]);
  expect(credits.isEmpty()).toBe(false);
});

test("what is going to be credited makes room before it is", () => {
  const [ready, late] = [createCredits(), createCredits()];
  for (const credits of [ready, late]) for (let value = 0; value < 254; value++) credits.credit(value, 1_000 + value);
  const before = Array.from({ length: 254 }, (_, number) => late.since(number));
  ready.expect(5);
  late.credit(300, 5);
  const raised = Array.from({ length: 254 }, (_, number) => late.since(number));
  expect(raised).not.toEqual(before);
  expect(Array.from({ length: 254 }, (_, number) => ready.since(number))).toEqual(raised);
});

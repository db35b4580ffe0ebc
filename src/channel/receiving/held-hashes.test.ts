import { expect, it } from "vitest";
import { createHeldHashes } from "./held-hashes.ts";

const hash = (number: number) => new Uint8Array(32).fill(number);

it("knows what it was told of by all bytes, up to a number, and forgets first what it has not been told of for longest", () => {
  const held = createHeldHashes(3);
  for (const number of [1, 2, 3, 1, 4]) held.note(hash(number));
  expect([1, 2, 3, 4].map((number) => held.has(hash(number)))).toEqual([true, false, true, true]);
  const other = hash(1);
  other[31] = 2;
  expect(held.has(other)).toBe(false);
});

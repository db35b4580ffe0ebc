import { expect, test } from "vitest";
import type { Random } from "../../../runtime/port.ts";
import { createBackoff } from "./backoff.ts";

const drawing = (value: number): Random => ({ next: () => value, bytes: (length) => new Uint8Array(length) });
const MIDDLE = drawing(0.5);
const ALMOST_ONE = drawing(1 - 2 ** -53);

test("pauses grow by half, up to the last, and stay there", () => {
  const backoff = createBackoff({ firstMs: 400, lastMs: 1_000, random: MIDDLE });
  expect(Array.from({ length: 5 }, () => backoff.pause())).toEqual([400, 600, 900, 1_000, 1_000]);
});

test("after a reset they begin anew, and grow again", () => {
  const backoff = createBackoff({ firstMs: 400, lastMs: 1_000, random: MIDDLE });
  for (let count = 0; count < 4; count++) backoff.pause();
  backoff.reset();
  expect([backoff.pause(), backoff.pause()]).toEqual([400, 600]);
});

test("each is up to a fifth shorter or longer, which does not change how they grow", () => {
  const [shortest, longest] = [drawing(0), ALMOST_ONE].map((random) =>
    createBackoff({ firstMs: 400, lastMs: 1_000, random }),
  );
  const pausesOf = (backoff: typeof shortest) => Array.from({ length: 4 }, () => Math.round(backoff?.pause() ?? 0));
  expect(pausesOf(shortest)).toEqual([320, 480, 720, 800]);
  expect(pausesOf(longest)).toEqual([480, 720, 1_080, 1_200]);
});

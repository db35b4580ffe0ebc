import type { PeerId } from "@libp2p/interface";
import { expect, test } from "vitest";
import { createTroubles } from "./troubles.ts";

const [a, b] = ["a", "b"].map((name) => name as unknown as PeerId) as [PeerId, PeerId];

test("a service that refuses is said to do so at the third time in a row, until it does what is asked", () => {
  let changes = 0;
  const troubles = createTroubles(() => changes++);
  for (let time = 0; time < 2; time++) troubles.refused(a, "lightpush", "busy");
  troubles.fulfilled(a, "lightpush");
  for (let time = 0; time < 2; time++) troubles.refused(a, "lightpush", "busy");
  expect([troubles.of(a), changes]).toEqual([undefined, 0]);
  troubles.refused(a, "lightpush", "busy");
  troubles.refused(a, "lightpush", "busy");
  expect([troubles.of(a), troubles.of(b), changes]).toEqual(["busy", undefined, 1]);
  troubles.refused(a, "lightpush", "too large");
  expect([troubles.of(a), changes]).toEqual(["too large", 2]);
  troubles.fulfilled(a, "lightpush");
  expect([troubles.of(a), changes]).toEqual([undefined, 3]);
});

test("what cannot be is said at once, and of each service apart", () => {
  const troubles = createTroubles(() => undefined);
  troubles.senseless(a, "store", "makes no sense");
  troubles.fulfilled(a, "lightpush");
  expect(troubles.of(a)).toBe("makes no sense");
  troubles.fulfilled(a, "store");
  expect(troubles.of(a)).toBeUndefined();
});

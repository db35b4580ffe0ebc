import { expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createLeftAlone } from "./left-alone.ts";

const MINUTE = 60_000;
const ADDRESS = "/dns4/node.example/tcp/443/wss/p2p/16Uiu2";

test("a service node is left alone for five minutes, whatever peer its address names, and no other one is", () => {
  const clock = createVirtualClock(1_000);
  const leftAlone = createLeftAlone(clock);
  expect(leftAlone.until(ADDRESS)).toBe(0);
  leftAlone.note("/dns4/node.example/tcp/443/wss", "flood");
  expect(leftAlone.until(ADDRESS)).toBe(1_000 + 5 * MINUTE);
  expect(leftAlone.until(ADDRESS.replace("443", "444"))).toBe(0);
  clock.advance(5 * MINUTE - 1);
  expect(leftAlone.until(ADDRESS)).toBe(1_000 + 5 * MINUTE);
  clock.advance(1);
  expect(leftAlone.until(ADDRESS)).toBe(0);
});

test("a clock that was set back makes it no longer", () => {
  let now = 10 * MINUTE;
  const leftAlone = createLeftAlone({ now: () => now });
  leftAlone.note(ADDRESS, "flood");
  now = 9 * MINUTE;
  expect(leftAlone.until(ADDRESS)).toBe(0);
});

test("one of another network is left alone for a minute", () => {
  const clock = createVirtualClock(1_000);
  const leftAlone = createLeftAlone(clock);
  leftAlone.note(ADDRESS, "another-network");
  expect([leftAlone.until(ADDRESS), leftAlone.why(ADDRESS)]).toEqual([1_000 + MINUTE, "another-network"]);
  clock.advance(MINUTE);
  expect(leftAlone.until(ADDRESS)).toBe(0);
});

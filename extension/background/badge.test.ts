import { expect, it } from "vitest";
import { badgeText } from "./badge.ts";

it("shows a count that fits into a badge, and nothing for none", () => {
  expect([0, 1, 99, 100, 12_345].map(badgeText)).toEqual(["", "1", "99", "99+", "99+"]);
});

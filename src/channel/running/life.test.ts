import { expect, it } from "vitest";
import { ChannelError } from "../api/channel-client.ts";
import { createLife, ownMistake, storageProblem } from "./life.ts";

it("stops once, for the first reason, and tells it when that reason is known", () => {
  const life = createLife();
  const told: unknown[] = [];
  life.onStop(() => told.push(life.problem()));
  life.onStop(() => told.push("second"));
  life.assertRuns();
  const [first, second] = [storageProblem(new Error("full")), ownMistake(new Error("a defect"))];
  life.stop(first);
  life.stop(second);
  expect(told).toEqual([first, "second"]);
  expect(() => life.assertRuns()).toThrow(first);
  expect(life.isClosed()).toBe(false);
});

it("says that it is closed rather than why it stopped", () => {
  const life = createLife();
  expect(life.isClosed()).toBe(false);
  life.close();
  expect(life.isClosed()).toBe(true);
  life.stop(new ChannelError("storage", "full"));
  expect(() => life.assertRuns()).toThrow(expect.objectContaining({ code: "closed" }));
});

it("says what storage said, and words of its own when it said none", () => {
  expect(storageProblem(new Error("No space left."))).toMatchObject({ code: "storage", message: "No space left." });
  expect(storageProblem("?")).toMatchObject({ code: "storage", message: expect.stringContaining("could not save") });
});

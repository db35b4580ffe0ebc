import { expect, it, vi } from "vitest";
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

it("ends with whoever has it, who has one listener for all channels, and hears of no channel that was closed before", () => {
  const host = new AbortController();
  const listen = vi.spyOn(host.signal, "addEventListener");
  const lives = Array.from({ length: 12 }, () => createLife(host.signal));
  expect(listen).toHaveBeenCalledTimes(1);
  const ended: number[] = [];
  for (const [index, { ending }] of lives.entries()) ending.addEventListener("abort", () => ended.push(index));
  lives[3]?.close();
  expect(ended).toEqual([3]);
  host.abort();
  expect(ended).toEqual([3, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(createLife(host.signal).ending.aborted).toBe(true);
});

import { afterEach, expect, test, vi } from "vitest";
import { createListeners } from "./listeners.ts";

afterEach(() => vi.restoreAllMocks());

test("a listener that throws keeps nobody from hearing, and its error is reported by itself", () => {
  const reported: (() => void)[] = [];
  vi.spyOn(globalThis, "queueMicrotask").mockImplementation((task) => reported.push(task));
  const listeners = createListeners<number>();
  const heard: number[] = [];
  listeners.add(() => {
    throw new Error("mine");
  });
  listeners.add((value) => heard.push(value));
  listeners.call(7);
  expect(heard).toEqual([7]);
  expect(reported).toHaveLength(1);
  expect(reported[0]).toThrow("mine");
});

test("one that leaves during a call is not called, one that joins is called from the next on", () => {
  const listeners = createListeners<number>();
  const heard: string[] = [];
  listeners.add((value) => {
    heard.push(`first ${value}`);
    leaveSecond();
    if (value === 1) listeners.add((later) => heard.push(`third ${later}`));
  });
  const leaveSecond = listeners.add((value) => heard.push(`second ${value}`));
  listeners.call(1);
  listeners.call(2);
  expect(heard).toEqual(["first 1", "first 2", "third 2"]);
  expect(listeners.size).toBe(2);
});

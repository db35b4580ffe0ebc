import { expect, it, vi } from "vitest";
import { createListeners } from "./listeners.ts";

it("tells all who listen, each as often as it was added, and nobody who left", () => {
  const listeners = createListeners<number>();
  const heard: string[] = [];
  const note = (value: number) => heard.push(`note ${value}`);
  const stop = listeners.add(note);
  listeners.add(note);
  listeners.tell(1);
  stop();
  stop();
  listeners.tell(2);
  expect(heard).toEqual(["note 1", "note 1", "note 2"]);
});

it("tells the others when one throws or leaves meanwhile", () => {
  const report = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => {});
  const listeners = createListeners<number>();
  const heard: number[] = [];
  const stop = listeners.add(() => {
    stop();
    throw new Error("a defect of a listener");
  });
  listeners.add((value) => heard.push(value));
  listeners.tell(1);
  listeners.tell(2);
  expect([heard, report.mock.calls.length]).toEqual([[1, 2], 1]);
  report.mockRestore();
});

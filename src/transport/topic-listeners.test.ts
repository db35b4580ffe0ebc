import { expect, test, vi } from "vitest";
import type { LiveFrame } from "./port.ts";
import { createTopicListeners } from "./topic-listeners.ts";

const frameOf = (contentTopic: string): LiveFrame => ({
  ...{ contentTopic, payload: new Uint8Array(), version: 0, ephemeral: false },
  ...{ timestamp: 1, hash: new Uint8Array(32), arrivedAt: 2 },
});

test("a topic's listeners hear its frames, in the order in which they came, and nobody else's", () => {
  const listeners = createTopicListeners();
  const heard: string[] = [];
  listeners.add("/a", ({ contentTopic }) => heard.push(`first ${contentTopic}`));
  listeners.add("/a", ({ contentTopic }) => heard.push(`second ${contentTopic}`));
  listeners.add("/b", ({ contentTopic }) => heard.push(`third ${contentTopic}`));
  for (const topic of ["/a", "/b", "/c"]) listeners.emit(frameOf(topic));
  expect(heard).toEqual(["first /a", "second /a", "third /b"]);
});

test("the same function added twice is called twice, and each end removes its own", () => {
  const listeners = createTopicListeners();
  let calls = 0;
  const listener = () => void calls++;
  const stops = [listeners.add("/a", listener), listeners.add("/a", listener)] as const;
  listeners.emit(frameOf("/a"));
  expect(calls).toBe(2);
  stops[0]();
  stops[0]();
  listeners.emit(frameOf("/a"));
  expect([calls, listeners.has("/a")]).toEqual([3, true]);
  stops[1]();
  listeners.emit(frameOf("/a"));
  expect([calls, listeners.has("/a")]).toEqual([3, false]);
});

test("the end of a listener from before everything was forgotten does not take the topic from a later one", () => {
  const listeners = createTopicListeners();
  const stopOld = listeners.add("/a", () => {});
  listeners.clear();
  expect(listeners.has("/a")).toBe(false);
  let calls = 0;
  listeners.add("/a", () => void calls++);
  stopOld();
  listeners.emit(frameOf("/a"));
  expect([calls, listeners.has("/a")]).toEqual([1, true]);
});

test("one that throws keeps nobody from hearing, and its error is reported by itself", () => {
  const reported: (() => void)[] = [];
  const queue = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((task) => reported.push(task));
  const listeners = createTopicListeners();
  let calls = 0;
  listeners.add("/a", () => {
    throw new Error("mine");
  });
  listeners.add("/a", () => void calls++);
  listeners.emit(frameOf("/a"));
  queue.mockRestore();
  expect([calls, reported.length]).toEqual([1, 1]);
  expect(reported[0]).toThrow("mine");
});

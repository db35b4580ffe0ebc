import { expect, it } from "vitest";
import { hearAttention, tellAttention } from "./attention.ts";

function bench() {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" as DocumentVisibilityState });
  const worker = new EventTarget();
  const said: unknown[] = [];
  const isAttended = hearAttention(worker);
  const say = (data: unknown): void => {
    said.push(data);
    worker.dispatchEvent(new MessageEvent("message", { data }));
  };
  const show = (state: DocumentVisibilityState): void => {
    page.visibilityState = state;
    page.dispatchEvent(new Event("visibilitychange"));
  };
  return { page, said, say, show, isAttended, start: () => tellAttention({ postMessage: say }, page as never) };
}

it("a worker knows whether its page is seen, from the beginning on and after each change", () => {
  const { page, show, isAttended, start } = bench();
  expect(isAttended()).toBe(true);
  page.visibilityState = "hidden";
  start();
  expect(isAttended()).toBe(false);
  show("visible");
  expect(isAttended()).toBe(true);
  show("hidden");
  expect(isAttended()).toBe(false);
});

it("what else a page sends says nothing of it, and once ended it says nothing more", () => {
  const { said, say, show, isAttended, start } = bench();
  const stop = start();
  for (const other of [null, 1, { port: 1, lock: "lock" }, { isSeen: "no" }]) say(other);
  expect(isAttended()).toBe(true);
  stop();
  show("hidden");
  expect([isAttended(), said.length]).toEqual([true, 5]);
});

import { expect, it, vi } from "vitest";
import { ChannelError } from "../../channel/api/channel-client.ts";
import { carried, runtimePortPair } from "../testing/runtime-port-pair.ts";
import { MAX_MESSAGE_CHARACTERS, runtimePort } from "./runtime-port.ts";

it("a message that no browser carries is refused, and the port stays open", async () => {
  const [page, worker] = runtimePortPair();
  const port = runtimePort(page);
  const heard: unknown[] = [];
  runtimePort(worker).onMessage((message) => heard.push(message));
  port.onClose(() => heard.push("closed"));
  expect(() => port.post("x".repeat(MAX_MESSAGE_CHARACTERS))).toThrow(ChannelError);
  port.post("short");
  await vi.waitFor(() => expect(heard).toContain("short"), 10_000);
  expect(heard).toEqual(["short"]);
});

it("a port that the browser refuses to post to closes at both ends", async () => {
  const [page, worker] = runtimePortPair();
  const port = runtimePort({
    ...worker,
    postMessage: () => {
      throw new Error("Message length exceeded maximum allowed length.");
    },
  });
  const closed: string[] = [];
  port.onClose(() => closed.push("worker"));
  runtimePort(page).onClose(() => closed.push("page"));
  port.post("anything");
  await vi.waitFor(() => expect(closed).toContain("page"), 10_000);
  expect(closed).toEqual(["worker", "page"]);
});

it("keeps what came before anybody listened, in order, and tells it after the call that listens", async () => {
  const [page, worker] = runtimePortPair();
  const port = runtimePort(worker);
  const sender = runtimePort(page);
  sender.post(1);
  sender.post({ n: 2 });
  await carried();
  const heard: unknown[] = [];
  port.onMessage((message) => heard.push(message));
  expect(heard).toEqual([]);
  await Promise.resolve();
  expect(heard).toEqual([1, { n: 2 }]);
  const late: unknown[] = [];
  port.onMessage((message) => late.push(message));
  sender.post(3);
  await carried();
  expect([heard, late]).toEqual([[1, { n: 2 }, 3], [3]]);
});

it("that closes tells the other end, once, and nothing arrives here any more", async () => {
  const [page, worker] = runtimePortPair();
  const [left, right] = [runtimePort(page), runtimePort(worker)];
  const heard: string[] = [];
  left.onMessage(() => heard.push("left hears"));
  left.onClose(() => heard.push("left closed"));
  right.onMessage(() => heard.push("right hears"));
  right.onClose(() => heard.push("right closed"));
  right.post("on its way");
  left.close();
  left.close();
  left.post("too late");
  await carried();
  expect(heard).toEqual(["right closed"]);
  right.post("nobody is there");
  right.close();
  await carried();
  expect(heard).toEqual(["right closed"]);
});

it("whose end came already tells it to who asks later, but for one who left before", async () => {
  const [page, worker] = runtimePortPair();
  const port = runtimePort(page);
  runtimePort(worker).close();
  await carried();
  const told: string[] = [];
  port.onClose(() => told.push("stays"));
  port.onClose(() => told.push("leaves"))();
  expect(told).toEqual([]);
  await carried();
  expect(told).toEqual(["stays"]);
});

it("an extension that was removed does not throw at who closes", async () => {
  const [page] = runtimePortPair();
  const port = runtimePort({
    ...page,
    disconnect: () => {
      throw new Error("Extension context invalidated.");
    },
  });
  expect(() => port.close()).not.toThrow();
});

it("garbage is nobody's message, and what no text can say is refused", async () => {
  const [page, worker] = runtimePortPair();
  const heard: unknown[] = [];
  runtimePort(worker).onMessage((message) => heard.push(message));
  for (const garbage of [5, "{", null]) page.postMessage(garbage);
  const port = runtimePort(page);
  for (const value of [() => {}, Symbol("x"), 1n]) expect(() => port.post({ value })).toThrow(TypeError);
  port.post({ fine: undefined });
  await carried();
  expect(heard).toEqual([null, null, null, {}]);
});

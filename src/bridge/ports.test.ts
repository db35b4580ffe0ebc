import { describe, expect, test, vi } from "vitest";
import { messagePort } from "./ports/message-port.ts";
import type { BridgePort } from "./ports/port.ts";
import { pause } from "./testing/raw-end.ts";

function open(): readonly [BridgePort, BridgePort] {
  const { port1, port2 } = new MessageChannel();
  return [messagePort(port1), messagePort(port2)];
}

describe("two message ports", () => {
  test("carry plain data both ways in order, to every listener until it leaves", async () => {
    const [left, right] = open();
    const heard: unknown[][] = [[], [], []];
    right.onMessage((message) => heard[0]?.push(message));
    const leave = right.onMessage((message) => heard[1]?.push(message));
    left.onMessage((message) => heard[2]?.push(message));
    left.post({ n: 1, list: [null, "x"] });
    left.post(2);
    right.post("back");
    await vi.waitFor(() => expect(heard.map((list) => list.length)).toEqual([2, 2, 1]), 10_000);
    leave();
    left.post(3);
    await vi.waitFor(() => expect(heard[0]).toEqual([{ n: 1, list: [null, "x"] }, 2, 3]), 10_000);
    expect(heard[1]).toHaveLength(2);
    left.close();
    right.close();
  });

  test("say nothing any more once closed, and posting to them harms nobody", async () => {
    const [left, right] = open();
    const heard: unknown[] = [];
    let closings = 0;
    right.onMessage((message) => heard.push(message));
    right.onClose(() => closings++);
    const told = new Promise<void>((resolve) => void left.onClose(resolve));
    right.close();
    right.close();
    left.post("too late");
    right.post("too late");
    await told;
    expect([heard, closings]).toEqual([[], 0]);
    left.close();
  });

  test("throw at what cannot be cloned", () => {
    const [left, right] = open();
    expect(() => left.post({ f: () => {} })).toThrow();
    left.close();
    right.close();
  });
});

describe("a message port", () => {
  test("keeps what came before anybody listened", async () => {
    const { port1, port2 } = new MessageChannel();
    const right = messagePort(port2);
    messagePort(port1).post("early");
    await pause(10);
    const heard: unknown[] = [];
    right.onMessage((message) => heard.push(message));
    await vi.waitFor(() => expect(heard).toEqual(["early"]), 10_000);
    right.close();
  });

  test("tells once that the other end closed, after its last words", async () => {
    const { port1, port2 } = new MessageChannel();
    const [left, right] = [messagePort(port1), messagePort(port2)];
    const heard: unknown[] = [];
    right.onMessage((message) => heard.push(message));
    right.onClose(() => heard.push("closed"));
    left.post("bye");
    left.close();
    await vi.waitFor(() => expect(heard).toEqual(["bye", "closed"]), 10_000);
    right.close();
    expect(heard).toHaveLength(2);
  });
});

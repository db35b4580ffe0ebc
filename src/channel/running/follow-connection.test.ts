import { expect, it } from "vitest";
import { createHealthSignal } from "../../transport/health-signal.ts";
import type { TransportHealth } from "../../transport/port.ts";
import { connectionOf, followConnection } from "./follow-connection.ts";

function follow(first: TransportHealth, told: boolean) {
  const signal = createHealthSignal(first);
  const log: string[] = [];
  let doubt = (_agoMs: number): void => undefined;
  let doubters = 0;
  let online = told;
  const stop = followConnection({
    transport: {
      health: () => signal.current(),
      onHealth: (listener) => signal.onChange(listener),
      onDoubt: (listener) => {
        doubters++;
        doubt = listener;
        return () => doubters--;
      },
    },
    wasOnline: () => online,
    tell: (input) => {
      if (input.kind === "connection") online = input.online;
      log.push(`told ${online}`);
    },
    history: {
      online: () => log.push("read"),
      offline: () => log.push("pause"),
      look: () => log.push("look"),
      again: (agoMs) => log.push(`again ${agoMs}`),
    },
    onHealth: () => log.push("health"),
  });
  return { signal, stop, since: () => log.splice(0), doubt: (agoMs: number) => doubt(agoMs), doubters: () => doubters };
}

it("tells how the connection is at once, then each change, once each", () => {
  const { signal, stop, since } = follow({ kind: "online", peers: 1 }, false);
  expect(since()).toEqual(["told true", "read", "health"]);
  signal.set({ kind: "online", peers: 2 });
  expect(since()).toEqual(["look", "health"]);
  signal.set({ kind: "offline", reason: "no network" });
  expect(since()).toEqual(["told false", "pause", "health"]);
  signal.set({ kind: "connecting" });
  expect(since()).toEqual(["health"]);
  stop();
  signal.set({ kind: "online", peers: 1 });
  expect(since()).toEqual([]);
});

it("is about one topic of a transport", () => {
  const asked: unknown[] = [];
  const connection = connectionOf(
    {
      health: (topic) => {
        asked.push(topic);
        return { kind: "connecting" };
      },
      onHealth: (listener, topic) => {
        asked.push(listener, topic);
        return () => asked.push("stopped");
      },
    },
    "topic",
  );
  const listener = () => {};
  expect(connection.health()).toEqual({ kind: "connecting" });
  connection.onHealth(listener)();
  expect(asked).toEqual(["topic", listener, "topic", "stopped"]);
});

it("tells nothing that is known", () => {
  expect(follow({ kind: "connecting" }, false).since()).toEqual(["health"]);
});

it("a connection that is being checked is as it was, and comes back without a read", () => {
  const { signal, since } = follow({ kind: "online", peers: 1 }, false);
  since();
  signal.set({ kind: "checking", peers: 1 });
  signal.set({ kind: "online", peers: 1 });
  expect(since()).toEqual(["look", "health", "look", "health"]);
  signal.set({ kind: "checking", peers: 1 });
  signal.set({ kind: "connecting" });
  expect(since()).toEqual(["look", "health", "told false", "pause", "health"]);
});

it("has read again what may have been pushed elsewhere, until it is stopped", () => {
  const { stop, since, doubt, doubters } = follow({ kind: "online", peers: 1 }, false);
  since();
  doubt(3_000);
  expect([since(), doubters()]).toEqual([["again 3000"], 1]);
  stop();
  expect(doubters()).toBe(0);
});

it("hears what may be missing as well where only one topic is followed", () => {
  const doubters: ((agoMs: number) => void)[] = [];
  const whole = { health: (): TransportHealth => ({ kind: "connecting" }), onHealth: () => () => undefined };
  const onDoubt = (listener: (agoMs: number) => void) => {
    doubters.push(listener);
    return () => undefined;
  };
  const told: number[] = [];
  connectionOf({ ...whole, onDoubt }, "topic").onDoubt?.((agoMs) => told.push(agoMs));
  for (const tell of doubters) tell(3_000);
  expect([told, connectionOf(whole, "topic").onDoubt]).toEqual([[3_000], undefined]);
});

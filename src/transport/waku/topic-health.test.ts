import { expect, it } from "vitest";
import type { TransportHealth } from "../port.ts";
import { createTopicHealth } from "./topic-health.ts";

const ONLINE: TransportHealth = { kind: "online", peers: 1 };

function bench() {
  const health: Record<string, TransportHealth> = { a: { kind: "connecting" }, b: { kind: "connecting" } };
  const topicHealth = createTopicHealth((topic) => health[topic] ?? { kind: "closed" });
  const told: string[] = [];
  const listen = (topic: string) => topicHealth.onChange(topic, ({ kind }) => told.push(`${topic} ${kind}`));
  return { health, topicHealth, listen, since: () => told.splice(0) };
}

it("tells each listener of its own topic, once a change, and not of how it was before", () => {
  const { health, topicHealth, listen, since } = bench();
  listen("a");
  listen("b");
  topicHealth.update();
  expect(since()).toEqual([]);
  health["b"] = ONLINE;
  expect(topicHealth.current("b")).toEqual(ONLINE);
  topicHealth.update();
  topicHealth.update();
  expect(since()).toEqual(["b online"]);
  listen("b");
  health["a"] = ONLINE;
  topicHealth.update();
  expect(since()).toEqual(["a online"]);
});

it("tells those who are left when one stops, however often it does so, and nobody when all are gone", () => {
  const { health, topicHealth, listen, since } = bench();
  const [stop, stopOther] = [listen("a"), listen("a")];
  stop();
  stop();
  health["a"] = ONLINE;
  topicHealth.update();
  expect(since()).toEqual(["a online"]);
  stopOther();
  health["a"] = { kind: "offline", reason: "gone" };
  topicHealth.update();
  listen("a");
  topicHealth.update();
  expect(since()).toEqual([]);
  listen("b");
  topicHealth.clear();
  health["a"] = health["b"] = ONLINE;
  topicHealth.update();
  expect(since()).toEqual([]);
});

it("goes on when a listener listens to another topic, or stops", () => {
  const { health, topicHealth, listen, since } = bench();
  const stop = topicHealth.onChange("a", () => {
    stop();
    listen("b");
  });
  listen("a");
  health["a"] = ONLINE;
  topicHealth.update();
  expect(since()).toEqual(["a online"]);
  health["b"] = ONLINE;
  topicHealth.update();
  expect(since()).toEqual(["b online"]);
});

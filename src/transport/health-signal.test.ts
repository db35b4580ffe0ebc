import { expect, test } from "vitest";
import { createHealthSignal } from "./health-signal.ts";
import type { TransportHealth } from "./port.ts";

const online = (peers: number): TransportHealth => ({ kind: "online", peers });
const offline = (reason: string): TransportHealth => ({ kind: "offline", reason });
const CONNECTING: TransportHealth = { kind: "connecting" };

test("tells each change once: another kind, another number of peers, another reason", () => {
  const signal = createHealthSignal(CONNECTING);
  const heard: TransportHealth[] = [];
  const stop = signal.onChange((health) => heard.push(health));
  const all = [CONNECTING, online(1), online(1), online(2), offline("a"), offline("a"), offline("b"), CONNECTING];
  for (const health of all) signal.set(health);
  expect(heard).toEqual([online(1), online(2), offline("a"), offline("b"), CONNECTING]);
  expect(signal.current()).toEqual(CONNECTING);
  stop();
  signal.set(online(1));
  expect([heard.length, signal.current()]).toEqual([5, online(1)]);
});

test("listeners are told what holds already, and none after all were forgotten", () => {
  const signal = createHealthSignal(CONNECTING);
  const seen: TransportHealth[] = [];
  signal.onChange(() => seen.push(signal.current()));
  signal.set(online(1));
  signal.clear();
  signal.set(online(2));
  expect(seen).toEqual([online(1)]);
});

import { afterEach, expect, test, vi } from "vitest";
import { HealthSignal } from "./health-signal.ts";
import type { TransportHealth } from "./port.ts";

afterEach(() => void vi.useRealTimers());

const online = (peers: number): TransportHealth => ({ kind: "online", peers });
const offline = (reason: string): TransportHealth => ({ kind: "offline", reason });
const CONNECTING: TransportHealth = { kind: "connecting" };

test("tells each change once: another kind, another number of peers, another reason", () => {
  const signal = new HealthSignal(CONNECTING);
  const heard: TransportHealth[] = [];
  const stop = signal.onChange((health) => heard.push(health));
  const all = [CONNECTING, online(1), online(1), online(2), offline("a"), offline("a"), offline("b"), CONNECTING];
  for (const health of all) signal.set(health);
  expect(heard).toEqual([online(1), online(2), offline("a"), offline("b"), CONNECTING]);
  expect(signal.value).toEqual(CONNECTING);
  stop();
  signal.set(online(1));
  expect([heard.length, signal.value]).toEqual([5, online(1)]);
});

test("listeners are told what holds already, and none after all were forgotten", () => {
  const signal = new HealthSignal(CONNECTING);
  const seen: TransportHealth[] = [];
  signal.onChange(() => seen.push(signal.value));
  signal.set(online(1));
  signal.clear();
  signal.set(online(2));
  expect(seen).toEqual([online(1)]);
});

test("the next change ends a wait, or its time does; neither leaves anything behind", async () => {
  vi.useFakeTimers();
  const signal = new HealthSignal(CONNECTING);
  const listening = vi.spyOn(signal, "onChange");
  const ends: string[] = [];
  void signal.nextChange(1_000).then(() => ends.push("changed"));
  signal.set(CONNECTING);
  await vi.advanceTimersByTimeAsync(999);
  expect(ends).toEqual([]);
  signal.set(online(1));
  await vi.advanceTimersByTimeAsync(0);
  expect([ends, vi.getTimerCount()]).toEqual([["changed"], 0]);
  void signal.nextChange(1_000).then(() => ends.push("waited"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ends).toEqual(["changed", "waited"]);
  expect(listening).toHaveBeenCalledTimes(2);
  expect(listenersOf(signal)).toBe(0);
});

/** How many are left: each change is told to those. */
function listenersOf(signal: HealthSignal): number {
  const { size } = (signal as unknown as { readonly listeners: ReadonlySet<unknown> }).listeners;
  return size;
}

import { beforeEach, describe, expect, it } from "vitest";
import { createVirtualClock, type VirtualClock } from "../../src/runtime/virtual-clock.ts";
import { ALARM_NAME, createKeepAlive, type KeepAliveApi } from "./keep-alive.ts";

/** Chrome stops a worker that made no call for this long. */
const IDLE_LIMIT_MS = 30_000;

let clock: VirtualClock;
let touches: number[];
let alarms: Set<string>;
let api: KeepAliveApi;

beforeEach(() => {
  clock = createVirtualClock(0);
  touches = [];
  alarms = new Set();
  api = {
    touch: async () => {
      touches.push(clock.now());
    },
    createAlarm: async (name) => {
      alarms.add(name);
    },
    clearAlarm: async (name) => alarms.delete(name),
    setInterval(callback, ms) {
      let cancel = (): void => {};
      const next = (): void => {
        callback();
        cancel = clock.schedule(ms, next);
      };
      cancel = clock.schedule(ms, next);
      return () => cancel();
    },
  };
});

describe("createKeepAlive", () => {
  it("has the alarm back at once, before anything is known of the channels", () => {
    createKeepAlive(api);
    expect([...alarms]).toEqual([ALARM_NAME]);
    expect(touches).toEqual([]);
  });

  it("never lets the browser see it idle while channels are joined", () => {
    createKeepAlive(api).setNeeded(true);
    clock.advance(10 * 60_000);
    const pauses = [0, ...touches].map((at, index, all) => (all[index + 1] ?? clock.now()) - at);
    expect(Math.max(...pauses)).toBeLessThan(IDLE_LIMIT_MS);
    expect(alarms.has(ALARM_NAME)).toBe(true);
  });

  it("lets the worker end when the last channel is left, and stays awake again for the next", () => {
    const keepAlive = createKeepAlive(api);
    keepAlive.setNeeded(true);
    keepAlive.setNeeded(true);
    clock.advance(60_000);
    expect(touches).toHaveLength(3);
    keepAlive.setNeeded(false);
    clock.advance(60_000);
    expect(touches).toHaveLength(3);
    expect(alarms.size).toBe(0);
    keepAlive.setNeeded(true);
    clock.advance(60_000);
    expect(touches).toHaveLength(6);
    expect(alarms.size).toBe(1);
  });

  it("goes on when the browser refuses a call", () => {
    const keepAlive = createKeepAlive({
      ...api,
      touch: () => {
        touches.push(clock.now());
        return Promise.reject(new Error("no"));
      },
      createAlarm: () => Promise.reject(new Error("no")),
      clearAlarm: () => Promise.reject(new Error("no")),
    });
    keepAlive.setNeeded(true);
    clock.advance(60_000);
    expect(touches).toHaveLength(3);
    keepAlive.setNeeded(false);
  });
});

import type { Connection, DialTransportOptions, MultiaddrConnection, Upgrader } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { createArrivals } from "../liveness/arrivals.ts";
import { LAN_ADDRESS } from "../testing/fake-libp2p.ts";
import { isHungUp } from "./connection-rules.ts";
import { createLeftAlone } from "./left-alone.ts";
import { timedDial } from "./timed-dials.ts";

const LIMIT_MS = 9_000;
const CONNECTION = {} as Connection;

/** One dial under way; `inner` is what the transport below was given. */
function bench(upgrader: Partial<Upgrader> = {}) {
  const clock = createVirtualClock(0);
  const caller = new AbortController();
  const told: unknown[] = [];
  const leftAlone = createLeftAlone(clock);
  let end = (_connection: Connection): void => {};
  let inner: DialTransportOptions | undefined;
  const dial = timedDial(
    (_address, options) => {
      inner = options;
      return new Promise((resolve, reject) => {
        end = resolve;
        options.signal.addEventListener("abort", () => reject(options.signal.reason));
      });
    },
    { limitMs: LIMIT_MS, clock, arrivals: createArrivals(clock), leftAlone },
  );
  const start = (): void => {
    const options = { signal: caller.signal, upgrader } as unknown as DialTransportOptions;
    void dial(multiaddr(LAN_ADDRESS), options).then(
      () => told.push("connected"),
      (error: Error) => told.push(error.message),
    );
  };
  return { clock, caller, told, leftAlone, start, end: () => end(CONNECTION), inner: () => inner };
}

/** What comes over a socket that says nothing. */
async function* silence(): AsyncGenerator<Uint8Array> {
  await new Promise(() => {});
}

test("a dial that nobody answers ends by itself at its limit", async () => {
  const { clock, told, start } = bench();
  start();
  await clock.advanceSettled(LIMIT_MS - 1);
  expect(told).toEqual([]);
  await clock.advanceSettled(1);
  expect([told, clock.pending]).toEqual([[`no connection in ${LIMIT_MS} ms`], 0]);
});

test("one that is answered leaves nothing behind: neither its limit nor its caller end the connection", async () => {
  const { clock, caller, told, start, end, inner } = bench();
  start();
  end();
  await clock.advanceSettled(LIMIT_MS);
  caller.abort();
  expect([told, clock.pending, inner()?.signal.aborted]).toEqual([["connected"], 0, false]);
});

test("its caller can give it up, and is told why; before it begins, too", async () => {
  const { clock, caller, told, start } = bench();
  start();
  caller.abort(new Error("closed"));
  await clock.advanceSettled(0);
  start();
  await clock.advanceSettled(0);
  expect([told, clock.pending]).toEqual([["closed", "closed"], 0]);
});

test("the socket of a handshake that fails is closed, with the reason, and that of one that works is not", async () => {
  const aborted: string[] = [];
  const socket = {
    timeline: {},
    source: silence(),
    abort: (error: Error) => aborted.push(error.message),
  } as unknown as MultiaddrConnection;
  let fails = true;
  const { start, inner } = bench({
    upgradeOutbound: async () => {
      if (fails) throw new Error("wrong key");
      return CONNECTION;
    },
  });
  start();
  const upgrade = () => inner()?.upgrader.upgradeOutbound(socket, { signal: new AbortController().signal });
  await expect(upgrade()).rejects.toThrow("wrong key");
  expect(aborted).toEqual(["wrong key"]);
  fails = false;
  expect(await upgrade()).toBe(CONNECTION);
  expect(aborted).toHaveLength(1);
});

test("a socket that the other side closed during the handshake was hung up on; one that we gave up was not", async () => {
  const timeline: { close?: number } = {};
  const socket = { timeline, source: silence(), abort: () => undefined } as unknown as MultiaddrConnection;
  const { start, inner } = bench({
    upgradeOutbound: async () => {
      throw new Error("unexpected end");
    },
  });
  start();
  const limit = new AbortController();
  const upgrade = () => inner()?.upgrader.upgradeOutbound(socket, { signal: limit.signal });
  await expect(upgrade()).rejects.toThrow("unexpected end");
  timeline.close = 1;
  const error = await upgrade()?.catch((reason: unknown) => reason);
  expect([isHungUp(error), isHungUp(new AggregateError([new Error("refused"), error]))]).toEqual([true, true]);
  limit.abort();
  expect(isHungUp(await upgrade()?.catch((reason: unknown) => reason))).toBe(false);
});

test("who sends more than a handshake has is cut off, and dialled by nobody for some minutes", async () => {
  const aborted: string[] = [];
  let sent = 0;
  const socket = {
    timeline: {},
    source: (async function* () {
      for (; ; sent += 1_024) yield new Uint8Array(1_024);
    })(),
    abort: (error: Error) => aborted.push(error.name),
  } as unknown as MultiaddrConnection;
  const { start, inner, told, clock, leftAlone } = bench({
    upgradeOutbound: async ({ source }) => {
      for await (const _chunk of source as AsyncIterable<Uint8Array>);
      return CONNECTION;
    },
  });
  start();
  const upgrade = inner()?.upgrader.upgradeOutbound(socket, { signal: new AbortController().signal });
  await expect(upgrade).rejects.toThrow("65536 bytes");
  expect([aborted[0], sent]).toEqual(["FloodError", 65_536]);
  expect(leftAlone.until(LAN_ADDRESS)).toBeGreaterThan(0);
  start();
  await clock.advanceSettled(0);
  expect(told.at(-1)).toContain("left alone");
});

test("over a connection as much may come as is read", async () => {
  const aborted: string[] = [];
  let chunks = 0;
  const socket = {
    timeline: {},
    source: (async function* () {
      for (; chunks < 100; chunks++) {
        yield new Uint8Array(1_000_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })(),
    abort: (error: Error) => aborted.push(error.name),
  } as unknown as MultiaddrConnection;
  const { start, inner } = bench({ upgradeOutbound: async () => CONNECTION });
  start();
  await inner()?.upgrader.upgradeOutbound(socket, { signal: new AbortController().signal });
  let bytes = 0;
  for await (const chunk of socket.source as AsyncIterable<Uint8Array>) bytes += chunk.length;
  expect([bytes, aborted]).toEqual([100_000_000, []]);
});

test("what comes over the socket is noted for the connection that it becomes", async () => {
  const arrivals = createArrivals({ now: () => now });
  let now = 5;
  const socket = {
    source: (async function* () {
      yield 1;
      yield 2;
    })(),
  } as unknown as MultiaddrConnection;
  const becomes = arrivals.watch(socket);
  expect(arrivals.lastOver(CONNECTION)).toBeUndefined();
  becomes(CONNECTION);
  expect(arrivals.lastOver(CONNECTION)).toBe(5);
  for await (const _chunk of socket.source) expect(arrivals.lastOver(CONNECTION)).toBe(now++);
  expect(now).toBe(7);
});

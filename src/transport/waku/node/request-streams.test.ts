import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import type { StreamManager } from "../wire/sdk-parts.ts";
import { createRequestStreams, type StreamRules } from "./request-streams.ts";

const CODEC = "/vac/waku/store-query/3.0.0";
const LIMIT_MS = 20_000;
const PEER = "peer" as unknown as PeerId;
type Chunks = AsyncIterable<Uint8Array>;

/** Streams of one protocol. `openStream` is what the connection does; a stream yields what `answer` does. */
function bench(rules: Partial<StreamRules> = {}, answer: () => Chunks = async function* () {}) {
  const clock = createVirtualClock(0);
  const log: string[] = [];
  const stream = {
    ...{ id: "1", protocol: CODEC, source: answer() },
    sink: async (source: Chunks) => {
      for await (const chunk of source) log.push(`sent ${chunk.join()}`);
    },
    abort: (error: Error) => log.push(`aborted: ${error.message}`),
    close: async () => log.push("closed"),
  } as unknown as Stream;
  const connectionOf = (name: string, open: number, status = "open") =>
    ({
      ...{ status, timeline: { open } },
      newStream: async (_codec: string, { signal }: { readonly signal: AbortSignal }) => {
        log.push(`opened on ${name}`);
        return await made.openStream(signal);
      },
      abort: (error: Error) => log.push(`connection ended: ${error.message}`),
    }) as unknown as Connection;
  const made = {
    openStream: async (_signal: AbortSignal): Promise<Stream> => stream,
    connections: [connectionOf("it", 1)],
  };
  const libp2p = { getConnections: () => made.connections } as unknown as Libp2p;
  const asked: number[] = [];
  const streams = createRequestStreams({ libp2p, clock, onAsk: () => asked.push(clock.now()) });
  const manager: StreamManager = { getStream: async () => undefined, handlePeerUpdateStreamPool: () => undefined };
  const events: unknown[] = [];
  const target = { removeEventListener: (...args: unknown[]) => void events.push(args) };
  streams.takeOver(manager, target, { codec: CODEC, limitMs: LIMIT_MS, mostBytes: 3, throws: true, ...rules });
  const told: string[] = [];
  /** Reads a stream to its end, as the SDK does. */
  const request = async (): Promise<void> => {
    try {
      const opened = await manager.getStream(PEER);
      if (opened === undefined) return void told.push("no stream");
      await opened.sink([Uint8Array.of(1)] as never);
      for await (const chunk of opened.source) told.push(`got ${chunk.subarray().join()}`);
      told.push("end");
    } catch (error) {
      const { code, message } = error as { readonly code?: string; readonly message: string };
      told.push(code ?? message);
    }
  };
  return { ...{ clock, log, asked, told, made, manager, events, streams, stream, request, connectionOf } };
}

/** What comes from a service node that never answers. */
const silence = (): Chunks => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) });

describe("a request", () => {
  test("is answered, and leaves no limit behind", async () => {
    const { clock, log, told, request } = bench({}, async function* () {
      yield Uint8Array.of(2);
      yield Uint8Array.of(3, 4);
    });
    await request();
    await clock.advanceSettled(LIMIT_MS);
    expect(told).toEqual(["got 2", "got 3,4", "end"]);
    expect([log, clock.pending]).toEqual([["opened on it", "sent 1", "closed"], 0]);
  });

  test("whose answer is longer than it may be is reset, and the connection stays", async () => {
    const { clock, log, told, request } = bench({}, async function* () {
      yield Uint8Array.of(2, 3);
      yield Uint8Array.of(4, 5);
    });
    await request();
    expect(told).toEqual(["got 2,3", "rejected"]);
    expect(log.slice(0, 3)).toEqual([
      "opened on it",
      "sent 1",
      expect.stringContaining("aborted: the service node's answer"),
    ]);
    expect(log.join()).not.toContain("connection ended");
    expect(clock.pending).toBe(0);
  });

  test("that nobody answers is reset at its limit, counted from the opening, and the connection stays", async () => {
    const { clock, log, request } = bench({}, silence);
    void request();
    await clock.advanceSettled(LIMIT_MS - 1);
    expect(log).toEqual(["opened on it", "sent 1"]);
    await clock.advanceSettled(1);
    expect(log.slice(2)).toEqual([`aborted: no answer from the service node in ${LIMIT_MS} ms; try again`]);
    expect(clock.pending).toBe(0);
  });

  test("on which the connection depends ends the connection with it", async () => {
    const { clock, log, request } = bench({ isVital: { laterLimitMs: LIMIT_MS + 3_000 } }, silence);
    void request();
    await clock.advanceSettled(LIMIT_MS);
    expect(log.at(-1)).toContain("connection ended: no answer");
  });

  test("is told of before it goes out", async () => {
    const { asked, made, request } = bench();
    made.openStream = () => Promise.reject(new Error("reset"));
    await request();
    expect(asked).toHaveLength(1);
  });

  test("has more time over a connection that has answered one before, and not over the next connection", async () => {
    const { clock, log, made, stream, request, connectionOf } = bench({ isVital: { laterLimitMs: LIMIT_MS + 3_000 } });
    await request();
    made.openStream = async () => ({ ...stream, source: silence() }) as unknown as Stream;
    void request();
    await clock.advanceSettled(LIMIT_MS + 2_999);
    expect(log.filter((line) => line.startsWith("connection ended"))).toEqual([]);
    await clock.advanceSettled(1);
    expect(log.at(-1)).toBe(`connection ended: no answer from the service node in ${LIMIT_MS + 3_000} ms; try again`);
    made.connections = [connectionOf("next", 2)];
    void request();
    await clock.advanceSettled(LIMIT_MS);
    expect(log.filter((line) => line.startsWith("connection ended"))).toHaveLength(2);
  });

  test("whose stream is not opened in time is given up", async () => {
    const { clock, told, made, request } = bench();
    made.openStream = (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
    void request();
    await clock.advanceSettled(LIMIT_MS - 1);
    expect(told).toEqual([]);
    await clock.advanceSettled(1);
    expect([told, clock.pending]).toEqual([["timeout"], 0]);
  });

  test("that cannot be made says why, and leaves no limit behind: no protocol, broken, no connection", async () => {
    const { clock, told, made, request, connectionOf } = bench();
    made.openStream = () => Promise.reject(Object.assign(new Error("no"), { name: "UnsupportedProtocolError" }));
    await request();
    made.openStream = () => Promise.reject(new Error("reset"));
    await request();
    made.connections = [connectionOf("closed", 2, "closed")];
    await request();
    expect(told).toEqual([`the service node does not speak ${CODEC}`, "offline", "offline"]);
    expect(clock.pending).toBe(0);
  });

  test("for those who cannot take an error has no stream instead", async () => {
    const { told, made, request } = bench({ throws: false });
    made.openStream = () => Promise.reject(new Error("reset"));
    await request();
    expect(told).toEqual(["no stream"]);
  });

  test("goes over the newest open connection", async () => {
    const { log, made, request, connectionOf } = bench();
    const open = [connectionOf("old", 1), connectionOf("new", 3), connectionOf("middle", 2)];
    made.connections = [...open, connectionOf("gone", 4, "closed")];
    await request();
    expect(log[0]).toBe("opened on new");
  });

  test("whose answer is not read to its end resets the stream", async () => {
    const { clock, log, manager } = bench({}, async function* () {
      yield Uint8Array.of(2);
      yield Uint8Array.of(3);
    });
    for await (const _chunk of (await manager.getStream(PEER))?.source ?? []) break;
    expect([log.at(-1), clock.pending]).toEqual(["aborted: the answer was not read to its end", 0]);
  });
});

test("the stop drops all limits, so that no timer outlives the connections", async () => {
  const { clock, log, streams, request } = bench({}, silence);
  void request();
  void request();
  await clock.advanceSettled(1_000);
  expect(clock.pending).toBe(2);
  streams.stop();
  await clock.advanceSettled(LIMIT_MS);
  expect([clock.pending, log.filter((line) => line.startsWith("aborted"))]).toEqual([0, []]);
});

test("the SDK's own reserve of streams is not filled any more", () => {
  const { events, manager } = bench();
  expect(events).toEqual([["peer:update", manager.handlePeerUpdateStreamPool]]);
});

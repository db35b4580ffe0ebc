import type { StreamMuxer } from "@libp2p/interface";
import { describe, expect, test } from "vitest";
import { batchedWrites, inBatches } from "./batched-writes.ts";

/** What is written, piece by piece; `pause` waits for something outside. */
async function* writing(...pieces: readonly (number | "pause" | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    if (piece === "pause") await new Promise<void>((resolve) => setImmediate(resolve));
    else yield Uint8Array.of(piece);
  }
}

async function chunksOf(source: AsyncIterable<Uint8Array>): Promise<string[]> {
  const chunks: string[] = [];
  try {
    for await (const chunk of source) chunks.push(chunk.join());
  } catch (error) {
    chunks.push(String(error));
  }
  return chunks;
}

describe("writes", () => {
  test("that come together go out together, and what comes later by itself", async () => {
    expect(await chunksOf(inBatches(writing(1, 2, 3, "pause", 4, "pause", 5, 6)))).toEqual(["1,2,3", "4", "5,6"]);
    expect(await chunksOf(inBatches(writing("pause")))).toEqual([]);
    expect(await chunksOf(inBatches(writing()))).toEqual([]);
  });

  test("come together when there are turns of other work between them", async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 3; piece++) {
        yield Uint8Array.of(piece);
        for (let turn = 0; turn < 12; turn++) await null;
      }
    }
    expect(await chunksOf(inBatches(slow()))).toEqual(["0,1,2"]);
  });

  test("that fail are told of behind all that came before", async () => {
    expect(await chunksOf(inBatches(writing(1, 2, new Error("reset"))))).toEqual(["1,2", "Error: reset"]);
    expect(await chunksOf(inBatches(writing(1, "pause", new Error("reset"))))).toEqual(["1", "Error: reset"]);
  });

  test("that go on and on do not wait for their end", async () => {
    async function* long(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 200; piece++) yield new Uint8Array(1_000);
    }
    const lengths: number[] = [];
    for await (const { length } of inBatches(long())) lengths.push(length);
    expect(lengths[0]).toBeGreaterThanOrEqual(65_000);
    expect(lengths[0]).toBeLessThan(130_000);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(200_000);
  });

  test("that end while the ones before are being taken go out too", async () => {
    const chunks: string[] = [];
    for await (const chunk of inBatches(writing(1, "pause", 2, 3))) {
      chunks.push(chunk.join());
      for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(chunks).toEqual(["1", "2,3"]);
  });

  test("that nobody takes any more are closed with the next of them", async () => {
    let closed = (): void => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    async function* source() {
      try {
        for (let piece = 0; ; piece++) {
          yield Uint8Array.of(piece);
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
      } finally {
        closed();
      }
    }
    for await (const chunk of inBatches(source())) if (chunk[0] === 1) break;
    await isClosed;
  });

  test("of lists of bytes are written as their bytes", async () => {
    const list = { subarray: () => Uint8Array.of(7, 8) };
    async function* lists() {
      yield list;
      yield Uint8Array.of(9);
    }
    expect(await chunksOf(inBatches(lists()))).toEqual(["7,8,9"]);
  });
});

test("a muxer does what the one around which it is does, but for what it writes", async () => {
  const called: unknown[] = [];
  const source = writing(1, 2);
  const muxer = {
    ...{ source, protocol: "/mplex", streams: ["stream"] },
    sink: (given: unknown) => called.push(["sink", given]),
    newStream: (name: unknown) => called.push(["newStream", name]),
    close: (options: unknown) => called.push(["close", options]),
    abort: (error: unknown) => called.push(["abort", error]),
  };
  const factory = (components: string) => {
    called.push(components);
    const createStreamMuxer = (init: unknown) => {
      called.push(init);
      return muxer as unknown as StreamMuxer;
    };
    return { protocol: "/mplex", createStreamMuxer };
  };
  const wrapped = batchedWrites(factory)("components");
  const made = wrapped.createStreamMuxer({ direction: "outbound" });
  expect([wrapped.protocol, made.protocol, made.streams]).toEqual(["/mplex", "/mplex", ["stream"]]);
  muxer.streams = [];
  expect(made.streams).toEqual([]);
  const given = writing(3);
  void made.sink(given as never);
  void made.newStream("name");
  void made.close({});
  made.abort(new Error("gone"));
  expect(called).toEqual([
    ...["components", { direction: "outbound" }],
    ...[
      ["sink", given],
      ["newStream", "name"],
      ["close", {}],
      ["abort", new Error("gone")],
    ],
  ]);
  expect(await chunksOf(made.source as AsyncIterable<Uint8Array>)).toEqual(["1,2"]);
  // Some write to it themselves.
  expect(muxer.source).toBe(source);
});

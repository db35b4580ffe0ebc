import type { StreamMuxer, StreamMuxerFactory } from "@libp2p/interface";
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

  test("of lists of bytes are written as their bytes", async () => {
    const list = { subarray: () => Uint8Array.of(7, 8) };
    async function* lists() {
      yield list;
      yield Uint8Array.of(9);
    }
    expect(await chunksOf(inBatches(lists()))).toEqual(["7,8,9"]);
  });
});

test("a muxer is the one that is wrapped, but for what it writes", async () => {
  const muxer = { source: writing(1, 2), protocol: "/mplex" } as unknown as StreamMuxer;
  const given: unknown[] = [];
  const factory: StreamMuxerFactory = {
    protocol: "/mplex",
    createStreamMuxer: (init) => {
      given.push(init);
      return muxer;
    },
  };
  const made = batchedWrites((components: string) => {
    given.push(components);
    return factory;
  })("components");
  const init = {};
  expect(made.createStreamMuxer(init)).toBe(muxer);
  expect([made.protocol, given]).toEqual(["/mplex", ["components", init]]);
  expect(await chunksOf(muxer.source as AsyncIterable<Uint8Array>)).toEqual(["1,2"]);
});

import type { MultiaddrConnection } from "@libp2p/interface";
import { describe, expect, test } from "vitest";
import { FloodError, limitUnread } from "./unread-limit.ts";

/** A socket over which comes what the test says, as fast as it says it. */
function bench(limit = 10) {
  const waiting: Uint8Array[] = [];
  const log: string[] = [];
  let wake = (): void => {};
  let end: { readonly error?: Error } | undefined;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  async function* arriving(): AsyncGenerator<Uint8Array> {
    try {
      while (true) {
        const chunk = waiting.shift();
        if (chunk !== undefined) yield chunk;
        else if (end?.error !== undefined) throw end.error;
        else if (end !== undefined) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      log.push("source ended");
    }
  }
  const socket = {
    source: arriving(),
    abort: (error: Error) => log.push(`aborted: ${error.name}`),
  } as unknown as MultiaddrConnection;
  const unread = limitUnread(socket, limit, () => log.push("flood"));
  const come = async (...sizes: number[]): Promise<void> => {
    waiting.push(...sizes.map((size) => new Uint8Array(size)));
    wake();
    await turn();
  };
  const stop = async (how: { readonly error?: Error } = {}): Promise<void> => {
    end = how;
    wake();
    await turn();
  };
  const reader = (socket.source as AsyncIterable<{ byteLength: number }>)[Symbol.asyncIterator]();
  const next = async (): Promise<number | undefined> => (await reader.next()).value?.byteLength;
  return { unread, log, come, stop, next, reader, left: () => waiting.length };
}

describe("what comes over a socket", () => {
  test("is read as it comes, in order, whole, and ends as it ended", async () => {
    const { come, stop, next, left } = bench();
    const first = next();
    await come(1, 2, 3);
    expect([await first, await next(), await next(), left()]).toEqual([1, 2, 3, 0]);
    await come(4);
    await stop();
    expect([await next(), await next()]).toEqual([4, undefined]);
  });

  test("that breaks tells its reader why, after all that came before", async () => {
    const { come, stop, next } = bench();
    await come(5);
    await stop({ error: new Error("reset") });
    expect(await next()).toBe(5);
    await expect(next()).rejects.toThrow("reset");
  });

  test("before the handshake is counted whether it is read or not; a byte more than the limit ends it", async () => {
    const { come, next, log } = bench(10);
    await come(4, 6);
    expect([await next(), await next(), log]).toEqual([4, 6, []]);
    await come(1);
    expect(log).toEqual(["source ended", "flood", "aborted: FloodError"]);
    await expect(next()).rejects.toThrow(FloodError);
  });

  test("after it counts only as long as nobody reads it", async () => {
    const { unread, come, next, log } = bench(10);
    await come(6, 3);
    expect(await next()).toBe(6);
    unread.raise(20);
    // Three of them wait.
    await come(17);
    expect(log).toEqual([]);
    expect([await next(), await next()]).toEqual([3, 17]);
    for (let chunk = 0; chunk < 50; chunk++) {
      await come(20);
      expect(await next()).toBe(20);
    }
    expect(log).toEqual([]);
    await come(20);
    await come(1);
    expect(log).toEqual(["source ended", "flood", "aborted: FloodError"]);
  });

  test("that is a flood is kept nowhere", async () => {
    const { come, next, log, left } = bench(10);
    await come(5, 50, 5, 5);
    await expect(next()).rejects.toThrow(FloodError);
    expect(log).toEqual(["source ended", "flood", "aborted: FloodError"]);
    expect(left()).toBe(2);
  });

  test("is dropped when its reader has left", async () => {
    const { come, reader, next, log } = bench(10);
    await come(5);
    expect(await next()).toBe(5);
    await reader.return?.(undefined);
    await come(9, 9, 9);
    expect(log).toEqual([]);
    expect(await next()).toBeUndefined();
  });
});

import type { Connection, Stream } from "@libp2p/interface";
import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../../../runtime/virtual-clock.ts";
import { encodeFrame } from "../wire/length-prefix.ts";
import { createLightpushClient } from "./lightpush-client.ts";

const LIMIT_MS = 10_000;
const ANSWER = Uint8Array.of(8, 9);
type Chunks = AsyncIterable<Uint8Array>;

/** A service node that answers with what `answer` yields. `end` ends a stream that goes on until then. */
function bench(answer: (aborted: Promise<Error>) => Chunks) {
  const clock = createVirtualClock(0);
  const log: string[] = [];
  let abort = (_error: Error): void => {};
  const aborted = new Promise<Error>((resolve) => {
    abort = resolve;
  });
  const stream = {
    source: answer(aborted),
    sink: async (source: Chunks | readonly Uint8Array[]) => {
      for await (const chunk of source) log.push(`sent ${chunk.join()}`);
    },
    abort: (error: Error) => {
      log.push(`aborted: ${error.message}`);
      abort(error);
    },
    close: async () => log.push("closed"),
  } as unknown as Stream;
  const opened: unknown[] = [];
  const connection = {
    newStream: async (codec: string, { negotiateFully }: { readonly negotiateFully: boolean }) => {
      opened.push([codec, negotiateFully]);
      return made.stream();
    },
  } as unknown as Connection;
  const made = { stream: async (): Promise<Stream> => stream };
  const told: unknown[] = [];
  const onAsk = (over: Connection): void => void told.push(over === connection, opened.length);
  const client = createLightpushClient({ clock, limitMs: LIMIT_MS, onAsk });
  const ask = () => client.ask(connection, Uint8Array.of(1, 2));
  return { ...{ clock, log, opened, told, made, client, ask, stream } };
}

const silence = (aborted: Promise<Error>): Chunks => ({
  [Symbol.asyncIterator]: () => ({
    next: async () => {
      throw await aborted;
    },
  }),
});

const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => "answered",
    ({ code }: { readonly code: unknown }) => code,
  );

const failing = (name: string): Error => Object.assign(new Error(name), { name });

describe("a lightpush request", () => {
  test("goes out behind the name of its protocol, and its answer comes back; nothing is left", async () => {
    const { ask, opened, log, clock } = bench(async function* () {
      yield encodeFrame(ANSWER).subarray(0, 2);
      yield encodeFrame(ANSWER).subarray(2);
    });
    expect(await ask()).toEqual(ANSWER);
    await clock.advanceSettled(LIMIT_MS);
    expect(opened).toEqual([["/vac/waku/lightpush/3.0.0", false]]);
    expect([log, clock.pending]).toEqual([["sent 2,1,2", "closed"], 0]);
  });

  test("is told of before it goes out, so that silence after it is noticed", async () => {
    const { ask, told } = bench(async function* () {
      yield encodeFrame(ANSWER);
    });
    await ask();
    expect(told).toEqual([true, 0]);
  });

  test("is answered by the first frame, though the stream goes on; at its limit that ends", async () => {
    const { ask, log, clock } = bench(async function* (aborted) {
      yield encodeFrame(ANSWER);
      yield encodeFrame(Uint8Array.of(7));
      throw await aborted;
    });
    expect(await ask()).toEqual(ANSWER);
    expect(log).toEqual(["sent 2,1,2"]);
    await clock.advanceSettled(LIMIT_MS);
    expect(log[1]).toMatch(/^aborted: no answer/);
    expect(clock.pending).toBe(0);
  });

  test("that nobody answers is given up at its limit, not before", async () => {
    const { ask, log, clock } = bench(silence);
    const code = codeOf(ask());
    await clock.advanceSettled(LIMIT_MS - 1);
    expect(log).toEqual(["sent 2,1,2"]);
    await clock.advanceSettled(1);
    expect(await code).toBe("timeout");
    expect(clock.pending).toBe(0);
  });

  test("that is closed without an answer says so", async () => {
    const { ask, clock } = bench(async function* () {});
    expect(await codeOf(ask())).toBe("offline");
    expect(clock.pending).toBe(0);
  });

  test.each([
    ["StreamResetError", "offline"],
    ["UnsupportedProtocolError", "rejected"],
  ])("whose stream ends with %s is %s, and the stream is gone", async (name, code) => {
    const { ask, log, clock } = bench(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failing(name)) }),
    }));
    expect(await codeOf(ask())).toBe(code);
    expect(log.at(-1)).toBe(`aborted: ${name}`);
    expect(clock.pending).toBe(0);
  });

  test("whose stream cannot be opened says why, and leaves no limit", async () => {
    const { ask, made, clock } = bench(silence);
    made.stream = () => Promise.reject(failing("ConnectionClosedError"));
    expect([await codeOf(ask()), clock.pending]).toEqual(["offline", 0]);
  });

  test.each([
    ["malformed", Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff)],
    ["longer than any answer", Uint8Array.of(0x81, 0x80, 0x04)],
  ])("whose answer is %s is refused, at once", async (_what, bytes) => {
    const { ask, log } = bench(async function* (aborted) {
      yield bytes;
      throw await aborted;
    });
    expect(await codeOf(ask())).toBe("rejected");
    expect(log.at(-1)).toMatch(/^aborted: /);
  });

  test("that is answered before all of it has left is closed behind that", async () => {
    const { ask, log, stream } = bench(async function* () {
      yield encodeFrame(ANSWER);
    });
    let letGo = (): void => {};
    stream.sink = () =>
      new Promise<void>((resolve) => {
        letGo = resolve;
      });
    expect(await ask()).toEqual(ANSWER);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(log).toEqual([]);
    letGo();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(log).toEqual(["closed"]);
  });

  test("that cannot leave is told of by what is read, and by nothing else", async () => {
    const { ask, stream } = bench(silence);
    stream.sink = async () => {
      setImmediate(() => stream.abort(failing("StreamResetError")));
      throw failing("StreamResetError");
    };
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    expect(await codeOf(ask())).toBe("offline");
    await new Promise<void>((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  test("leaves no timer when the client is stopped", async () => {
    const { ask, client, clock } = bench(silence);
    void ask();
    await clock.advanceSettled(0);
    expect(clock.pending).toBe(1);
    client.stop();
    expect(clock.pending).toBe(0);
  });
});

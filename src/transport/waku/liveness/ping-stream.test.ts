import type { Connection, Stream } from "@libp2p/interface";
import { expect, test } from "vitest";
import { createSeededRandom } from "../../../runtime/seeded-random.ts";
import { createPingStream } from "./ping-stream.ts";

/** Connections whose other side is driven by the test. */
function bench() {
  const opened: Far[] = [];
  const connection = {
    newStream: async (_codec: string, { signal }: { readonly signal: AbortSignal }) => {
      signal.throwIfAborted();
      const far = createFar();
      opened.push(far);
      return far.stream;
    },
  } as unknown as Connection;
  return { opened, pings: createPingStream(connection, createSeededRandom(1)) };
}

interface Far {
  readonly sent: number[];
  readonly aborts: string[];
  /** Nothing more is sent. */
  readonly ended: () => boolean;
  readonly stream: Stream;
  say(bytes: number): void;
  close(): void;
  reset(): void;
}

function createFar(): Far {
  const [sent, aborts]: [number[], string[]] = [[], []];
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 100 });
  const writer = writable.getWriter();
  let ended = false;
  const stream = {
    source: readable,
    sink: async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) sent.push(chunk.length);
      ended = true;
    },
    abort: (error: Error) => aborts.push(error.message),
  } as unknown as Stream;
  return {
    ...{ sent, aborts, stream, ended: () => ended },
    say: (bytes) => void writer.write(new Uint8Array(bytes)),
    close: () => void writer.close(),
    reset: () => void writer.abort(new Error("reset")),
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

test("pings go over one stream, each answered by its 32 bytes, in any pieces", async () => {
  const { opened, pings } = bench();
  const told: string[] = [];
  const first = pings.ping().then(() => told.push("first"));
  await expect.poll(() => opened[0]?.sent).toEqual([32]);
  opened[0]?.say(31);
  await settled();
  expect(told).toEqual([]);
  opened[0]?.say(1);
  await first;
  const second = pings.ping();
  await expect.poll(() => opened[0]?.sent).toEqual([32, 32]);
  opened[0]?.say(32);
  await second;
  expect(opened).toHaveLength(1);
  pings.close();
  expect(opened[0]?.aborts).toEqual(["the ping stream is closed"]);
});

test("a stream that the other side ends fails the ping that waits, and the next one has another", async () => {
  const { opened, pings } = bench();
  for (const end of ["close", "reset"] as const) {
    const waiting = pings.ping();
    await expect.poll(() => opened.at(-1)?.sent).toEqual([32]);
    opened.at(-1)?.[end]();
    await expect(waiting).rejects.toThrow(end === "reset" ? "reset" : "closed the ping stream");
  }
  const answered = pings.ping();
  await expect.poll(() => opened.length === 3 && opened[2]?.sent.length).toBe(1);
  opened[2]?.say(32);
  await answered;
  pings.close();
  await expect(pings.ping()).rejects.toThrow("is closed");
});

test("a stream that failed is ended on both sides", async () => {
  const { opened, pings } = bench();
  const waiting = pings.ping();
  await expect.poll(() => opened[0]?.sent).toEqual([32]);
  opened[0]?.reset();
  await expect(waiting).rejects.toThrow("reset");
  await expect.poll(() => opened[0]?.ended()).toBe(true);
  expect(opened[0]?.aborts).toEqual(["reset"]);
});

test("bytes that came with an answer belong to the next one", async () => {
  const { opened, pings } = bench();
  const first = pings.ping();
  await expect.poll(() => opened[0]?.sent).toEqual([32]);
  opened[0]?.say(33);
  await first;
  const second = pings.ping();
  await expect.poll(() => opened[0]?.sent).toEqual([32, 32]);
  opened[0]?.say(31);
  await second;
  pings.close();
});

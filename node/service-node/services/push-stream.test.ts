import type { Connection } from "@libp2p/interface";
import { expect, test, vi } from "vitest";
import { encodeFrame } from "../../../src/transport/waku/wire/length-prefix.ts";
import { PushStream } from "./push-stream.ts";

const MIB = 1024 * 1024;

/** A subscriber that takes what is pushed only when it is told to. */
function bench({ connected = true } = {}) {
  const log: string[] = [];
  const taken: Uint8Array[] = [];
  let source: AsyncGenerator<Uint8Array> | null = null;
  let hangUp = (): void => {};
  const stream = {
    sink: (frames: AsyncGenerator<Uint8Array>) => {
      source = frames;
      return new Promise<void>((resolve) => {
        hangUp = resolve;
      });
    },
    abort: () => log.push("aborted"),
  };
  const newStream = async () => {
    if (!connected) throw new Error("the connection is closed");
    log.push("opened");
    return stream;
  };
  const connection = { newStream } as unknown as Connection;
  const push = new PushStream(connection, () => log.push("failed"));
  /** Takes one frame. */
  async function take(): Promise<void> {
    await vi.waitFor(() => expect(source).not.toBeNull(), 10_000);
    const next = await source?.next();
    if (next?.done === false) taken.push(next.value);
  }
  return { push, take, taken, log, hangUp: () => hangUp() };
}

test("all goes through one stream, in order", async () => {
  const { push, take, taken, log } = bench();
  const bodies = [1, 2, 3].map((number) => Uint8Array.of(number));
  for (const body of bodies.slice(0, 2)) push.push(body);
  await take();
  await take();
  const waiting = take();
  for (const body of bodies.slice(2)) push.push(body);
  await waiting;
  expect(taken).toEqual(bodies.map(encodeFrame));
  expect(log).toEqual(["opened"]);
});

test("who takes what comes is never too slow, however much it is in all; who takes nothing is, once", async () => {
  const { push, take, log } = bench();
  for (let number = 0; number < 20; number++) {
    push.push(new Uint8Array(MIB));
    await take();
  }
  expect(log).toEqual(["opened"]);
  for (let number = 0; number < 12; number++) push.push(new Uint8Array(MIB));
  expect(log).toEqual(["opened", "aborted", "failed"]);
});

test("a subscriber that is gone, or hangs up, fails once; an end of one's own does not", async () => {
  const gone = bench({ connected: false });
  gone.push.push(Uint8Array.of(1));
  gone.push.push(Uint8Array.of(2));
  await vi.waitFor(() => expect(gone.log).toEqual(["failed"]), 10_000);

  const leaves = bench();
  leaves.push.push(Uint8Array.of(1));
  await leaves.take();
  leaves.hangUp();
  await vi.waitFor(() => expect(leaves.log).toEqual(["opened", "aborted", "failed"]), 10_000);
  leaves.push.push(Uint8Array.of(2));
  expect(leaves.log).toHaveLength(3);

  const ended = bench();
  ended.push.push(Uint8Array.of(1));
  await ended.take();
  ended.push.end();
  ended.hangUp();
  ended.push.push(Uint8Array.of(2));
  await ended.take();
  expect([ended.log, ended.taken]).toEqual([["opened", "aborted"], [encodeFrame(Uint8Array.of(1))]]);
});

test("what another stream goes on from is sent within ten seconds, or given up: nothing is left behind", async () => {
  const { push, log } = bench();
  push.push(new Uint8Array(MIB));
  await vi.waitFor(() => expect(log).toContain("opened"), 10_000);
  vi.useFakeTimers();
  try {
    push.finish();
    vi.advanceTimersByTime(9_999);
    expect(log).not.toContain("aborted");
    vi.advanceTimersByTime(1);
    expect(log).toContain("aborted");
  } finally {
    vi.useRealTimers();
  }
});

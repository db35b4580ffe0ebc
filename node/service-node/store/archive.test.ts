import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type WakuMessage, wakuMessageHash } from "../../../src/transport/waku/wire/wire.ts";
import { Archive } from "./archive.ts";
import { MemoryMessageStore } from "./memory-message-store.ts";

const SHARD = "/waku/2/rs/42/0";
const MINUTE = 60_000;
const START = 1_760_000_000_000;
const nanoseconds = (ms: number) => BigInt(ms) * 1_000_000n;

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

function messageOf(text: string, more: Partial<WakuMessage> = {}): WakuMessage {
  return {
    payload: new TextEncoder().encode(text),
    contentTopic: "/a/1/x/proto",
    timestamp: nanoseconds(START),
    ...more,
  };
}

test("keeps what is heard under its time, or that of its arrival, and nothing ephemeral", () => {
  const store = new MemoryMessageStore();
  const archive = new Archive(store, Number.POSITIVE_INFINITY, () => {});
  const { timestamp: _, ...timeless } = messageOf("timeless");
  archive.add(SHARD, messageOf("kept", { timestamp: 7n }));
  archive.add(SHARD, timeless);
  archive.add(SHARD, messageOf("ephemeral", { ephemeral: true }));
  archive.add(SHARD, messageOf("no", { ephemeral: false }));
  expect(store.byHash(wakuMessageHash(messageOf("kept", { timestamp: 7n }), SHARD))?.timestamp).toBe(7n);
  expect(store.byHash(wakuMessageHash(timeless, SHARD))?.timestamp).toBe(nanoseconds(START));
  expect(store.size).toBe(3);
  archive.close();
});

test("lets go of what is too old at once and every minute, and of nothing any more once it is closed", () => {
  const store = new MemoryMessageStore();
  const keep = (text: string, at: number) => {
    const message = messageOf(text, { timestamp: nanoseconds(at) });
    store.insert({ hash: wakuMessageHash(message, SHARD), pubsubTopic: SHARD, message, timestamp: nanoseconds(at) });
  };
  for (const age of [11, 10, 9.5, 5]) keep(`${age} minutes`, START - age * MINUTE);
  const archive = new Archive(store, 10 * MINUTE, () => {});
  expect(store.size).toBe(3);
  vi.advanceTimersByTime(MINUTE - 1);
  expect(store.size).toBe(3);
  vi.advanceTimersByTime(1);
  expect(store.size).toBe(1);
  archive.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("goes on when the store fails, and says so once in a minute", () => {
  const lines: string[] = [];
  const store = new MemoryMessageStore();
  vi.spyOn(store, "insert").mockImplementation(() => {
    throw new Error("disk full");
  });
  const archive = new Archive(store, Number.POSITIVE_INFINITY, (line) => lines.push(line));
  for (let second = 0; second < 60; second++) {
    archive.add(SHARD, messageOf(`${second}`));
    vi.advanceTimersByTime(1_000);
  }
  expect(lines).toEqual(["the message store could not keep a message: disk full"]);
  archive.add(SHARD, messageOf("later"));
  expect(lines).toHaveLength(2);
  archive.close();
});

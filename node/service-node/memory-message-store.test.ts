import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryMessageStore } from "./memory-message-store.ts";
import type { MessageStore, StoredMessage } from "./message-store.ts";

function stored(number: number, timestamp: bigint, contentTopic = "/a/1/x/proto", bytes = 10): StoredMessage {
  return {
    hash: createHash("sha256").update(String(number)).digest(),
    pubsubTopic: "/waku/2/rs/42/0",
    message: { payload: new Uint8Array(bytes), contentTopic },
    timestamp,
  };
}

const everything = { pubsubTopic: undefined, contentTopics: [], timeStart: undefined, timeEnd: undefined };

function walk(store: MessageStore, forward: boolean, limit: number, filter: object = {}): StoredMessage[] {
  const found: StoredMessage[] = [];
  let cursor: Uint8Array | undefined;
  while (true) {
    const page = store.page({ filter: { ...everything, ...filter }, cursor, forward, limit, maxBytes: 1e9 });
    if (page === undefined) {
      throw new Error("the cursor is unknown");
    }
    found.push(...(forward ? page.messages : page.messages.toReversed()));
    cursor = (forward ? page.messages.at(-1) : page.messages[0])?.hash;
    if (!page.more) {
      return found;
    }
  }
}

describe("memory message store", () => {
  test("pages either way visit every matching message once, in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 20n }), fc.boolean()), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        fc.bigInt({ min: 0n, max: 20n }),
        fc.bigInt({ min: 0n, max: 20n }),
        (rows, limit, timeStart, timeEnd) => {
          const store = new MemoryMessageStore();
          const all = rows.map(([time, isA], index) => stored(index, time, isA ? "/a/1/x/proto" : "/b/1/x/proto"));
          for (const message of all) {
            expect(store.insert(message)).toBe(true);
            expect(store.insert(message)).toBe(false);
          }
          const expected = all
            .filter(({ message, timestamp }) => message.contentTopic.startsWith("/a/") && timestamp >= timeStart)
            .filter(({ timestamp }) => timestamp < timeEnd)
            .map((message) => Buffer.from(message.hash).toString("hex"))
            .sort();
          const filter = { contentTopics: ["/a/1/x/proto"], timeStart, timeEnd };
          const forward = walk(store, true, limit, filter);
          expect(forward.map(({ hash }) => Buffer.from(hash).toString("hex")).sort()).toEqual(expected);
          const times = forward.map(({ timestamp }) => timestamp);
          expect(times).toEqual(times.toSorted((left, right) => Number(left - right)));
          expect(walk(store, false, limit, filter)).toEqual(forward.toReversed());
        },
      ),
    );
  });

  test("keeps the newest up to its limits, by number and by bytes", () => {
    const byNumber = new MemoryMessageStore({ maxMessages: 100 });
    const byBytes = new MemoryMessageStore({ maxBytes: 1_000 });
    for (let number = 0; number < 500; number += 1) {
      byNumber.insert(stored(number, BigInt(number)));
      byBytes.insert(stored(number, BigInt(number), "/a/1/x/proto", 88));
    }
    expect(byNumber.size).toBeGreaterThanOrEqual(99);
    expect(byNumber.size).toBeLessThanOrEqual(100);
    expect(byBytes.size).toBe(10);
    expect(byNumber.byHash(stored(499, 499n).hash)).toBeDefined();
    expect(byNumber.byHash(stored(0, 0n).hash)).toBeUndefined();
  });

  test("a full store does not take what is older than all it holds", () => {
    const store = new MemoryMessageStore({ maxMessages: 2 });
    expect([5n, 6n, 1n, 7n].map((time) => store.insert(stored(Number(time), time)))).toEqual([true, true, false, true]);
    expect(walk(store, true, 10).map(({ timestamp }) => timestamp)).toEqual([6n, 7n]);
  });

  test("ends a page at the byte limit, yet never returns none", () => {
    const store = new MemoryMessageStore();
    for (let number = 0; number < 3; number += 1) {
      store.insert(stored(number, BigInt(number), "/a/1/x/proto", 600));
    }
    const page = store.page({ filter: everything, cursor: undefined, forward: true, limit: 10, maxBytes: 1_000 });
    expect(page?.messages).toHaveLength(1);
    expect(page?.more).toBe(true);
    const tight = store.page({ filter: everything, cursor: undefined, forward: true, limit: 10, maxBytes: 1 });
    expect(tight?.messages).toHaveLength(1);
  });

  test("does not know a cursor that it does not hold", () => {
    const store = new MemoryMessageStore();
    const cursor = new Uint8Array(32);
    expect(store.page({ filter: everything, cursor, forward: true, limit: 1, maxBytes: 1 })).toBeUndefined();
  });
});

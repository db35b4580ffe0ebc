import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect } from "vitest";
import type { MessageFilter, MessageStore, StoredMessage, StoreLimits } from "../store/message-store.ts";

/** A store for one case, which closes it. */
export type OpenStore = (limits?: Partial<StoreLimits>) => MessageStore;

export interface ContractCase {
  readonly name: string;
  readonly run: (open: OpenStore) => void;
}

const SHARDS = ["/waku/2/rs/42/0", "/waku/2/rs/42/1"] as const;
const TOPICS = ["/a/1/x/proto", "/b/1/x/proto", "/c/1/x/proto"] as const;
const everything: MessageFilter = {
  pubsubTopic: undefined,
  contentTopics: [],
  timeStart: undefined,
  timeEnd: undefined,
};

/** A message whose hash is that of its number. */
export function stored(
  number: number,
  timestamp: bigint,
  options: Partial<{ topic: string; shard: string; bytes: number }> = {},
): StoredMessage {
  const { topic = TOPICS[0], shard = SHARDS[0], bytes = 10 } = options;
  return {
    hash: new Uint8Array(createHash("sha256").update(String(number)).digest()),
    pubsubTopic: shard,
    message: { payload: new Uint8Array(bytes).fill(number), contentTopic: topic, version: 1, timestamp },
    timestamp,
  };
}

const hex = ({ hash }: StoredMessage): string => Buffer.from(hash).toString("hex");

function byPlace(left: StoredMessage, right: StoredMessage): number {
  if (left.timestamp !== right.timestamp) {
    return left.timestamp < right.timestamp ? -1 : 1;
  }
  return hex(left) < hex(right) ? -1 : 1;
}

/** All pages from one end to the other, as hashes in the order of the walk. */
export function walk(
  store: MessageStore,
  forward: boolean,
  limit: number,
  filter: Partial<MessageFilter> = {},
): string[] {
  const found: StoredMessage[] = [];
  let cursor: Uint8Array | undefined;
  while (true) {
    const page = store.page({ filter: { ...everything, ...filter }, cursor, forward, limit, maxBytes: 1e9 });
    if (page === undefined) {
      throw new Error("the cursor is unknown");
    }
    expect(page.messages.length).toBeLessThanOrEqual(limit);
    expect(page.messages.map(hex)).toEqual(page.messages.toSorted(byPlace).map(hex));
    found.push(...(forward ? page.messages : page.messages.toReversed()));
    cursor = (forward ? page.messages.at(-1) : page.messages[0])?.hash;
    if (!page.more) {
      return found.map(hex);
    }
    expect(page.messages.length).toBeGreaterThan(0);
  }
}

const time = fc.bigInt({ min: -3n, max: 20n });
const aFilter = fc.record({
  pubsubTopic: fc.option(fc.constantFrom(...SHARDS), { nil: undefined }),
  contentTopics: fc.array(fc.constantFrom(...TOPICS), { maxLength: 4 }),
  timeStart: fc.option(time, { nil: undefined }),
  timeEnd: fc.option(time, { nil: undefined }),
});
const someRows = fc.array(fc.tuple(time, fc.constantFrom(...TOPICS), fc.constantFrom(...SHARDS)), { maxLength: 60 });

function matches({ pubsubTopic, contentTopics, timeStart, timeEnd }: MessageFilter, row: StoredMessage): boolean {
  return (
    (pubsubTopic === undefined || row.pubsubTopic === pubsubTopic) &&
    (contentTopics.length === 0 || contentTopics.includes(row.message.contentTopic)) &&
    (timeStart === undefined || row.timestamp >= timeStart) &&
    (timeEnd === undefined || row.timestamp < timeEnd)
  );
}

function pagesVisitAll(open: OpenStore): void {
  fc.assert(
    fc.property(someRows, aFilter, fc.integer({ min: 1, max: 7 }), (rows, filter, limit) => {
      const store = open();
      const all = rows.map(([at, topic, shard], index) => stored(index, at, { topic, shard }));
      for (const message of all) {
        expect(store.insert(message)).toBe(true);
        expect(store.insert(message)).toBe(false);
      }
      expect(store.size).toBe(all.length);
      const expected = all
        .filter((row) => matches(filter, row))
        .sort(byPlace)
        .map(hex);
      expect(walk(store, true, limit, filter)).toEqual(expected);
      expect(walk(store, false, limit, filter)).toEqual(expected.toReversed());
      store.close();
    }),
  );
}

function returnsWhatWasPut(open: OpenStore): void {
  const store = open();
  const timestamp = 1_790_000_000_123_456_789n;
  const full: StoredMessage = {
    ...stored(1, timestamp),
    message: {
      payload: Uint8Array.of(0, 1, 255),
      contentTopic: "/ä/1/x/proto",
      version: 1,
      timestamp,
      meta: Uint8Array.of(7),
      ephemeral: false,
    },
  };
  store.insert(full);
  store.insert(stored(2, -5n, { bytes: 0 }));
  expect(store.byHash(full.hash)).toMatchObject(full);
  expect(store.byHash(stored(2, 0n).hash)).toMatchObject(stored(2, -5n, { bytes: 0 }));
  expect(store.byHash(stored(3, 0n).hash)).toBeUndefined();
  const page = store.page({ filter: everything, cursor: undefined, forward: true, limit: 2, maxBytes: 1e6 });
  expect(page?.messages[1]).toMatchObject(full);
  store.close();
}

function keepsTheNewest(open: OpenStore): void {
  const [byNumber, byBytes] = [open({ maxMessages: 100 }), open({ maxBytes: 1_000 })];
  for (let number = 0; number < 500; number += 1) {
    byNumber.insert(stored(number, BigInt(number)));
    byBytes.insert(stored(number, BigInt(number), { bytes: 88 }));
    expect(byNumber.size).toBeLessThanOrEqual(100);
    expect(byBytes.bytes).toBeLessThanOrEqual(1_000);
  }
  expect(byNumber.size).toBeGreaterThanOrEqual(99);
  expect(byBytes.size).toBe(10);
  expect(byBytes.bytes).toBe(1_000);
  expect(byNumber.byHash(stored(499, 499n).hash)).toBeDefined();
  expect(byNumber.byHash(stored(0, 0n).hash)).toBeUndefined();
  const newest = Array.from({ length: 10 }, (_, index) => hex(stored(490 + index, 0n)));
  expect(walk(byBytes, true, 3)).toEqual(newest);
  byNumber.close();
  byBytes.close();
}

function refusesTheOldest(open: OpenStore): void {
  const store = open({ maxMessages: 2 });
  expect([5n, 6n, 1n, 7n].map((at) => store.insert(stored(Number(at), at)))).toEqual([true, true, false, true]);
  expect(walk(store, true, 10)).toEqual([6, 7].map((number) => hex(stored(number, 0n))));
  store.close();
}

function expires(open: OpenStore): void {
  const store = open();
  for (let number = 0; number < 10; number += 1) {
    store.insert(stored(number, BigInt(number)));
  }
  expect(store.expire(4n)).toBe(4);
  expect(store.expire(4n)).toBe(0);
  expect(store.size).toBe(6);
  expect(store.bytes).toBe(6 * (10 + TOPICS[0].length));
  expect(walk(store, true, 4)).toEqual([4, 5, 6, 7, 8, 9].map((number) => hex(stored(number, 0n))));
  expect(store.insert(stored(0, 0n))).toBe(true);
  store.close();
}

function endsAtTheByteLimit(open: OpenStore): void {
  const store = open();
  for (let number = 0; number < 3; number += 1) {
    store.insert(stored(number, BigInt(number), { bytes: 600 }));
  }
  const ask = (maxBytes: number, forward: boolean) =>
    store.page({ filter: everything, cursor: undefined, forward, limit: 10, maxBytes });
  for (const maxBytes of [1_000, 1]) {
    expect(ask(maxBytes, true)).toMatchObject({ more: true, messages: [{ timestamp: 0n }] });
    expect(ask(maxBytes, false)).toMatchObject({ more: true, messages: [{ timestamp: 2n }] });
  }
  expect(ask(1_300, false)).toMatchObject({ more: true, messages: [{ timestamp: 1n }, { timestamp: 2n }] });
  store.close();
}

function knowsItsCursors(open: OpenStore): void {
  const store = open();
  const ask = (cursor: Uint8Array, forward: boolean) =>
    store.page({ filter: everything, cursor, forward, limit: 1, maxBytes: 1 });
  store.insert(stored(1, 1n));
  expect(ask(new Uint8Array(32), true)).toBeUndefined();
  expect(ask(new Uint8Array(0), false)).toBeUndefined();
  expect(ask(stored(1, 1n).hash, true)).toEqual({ messages: [], more: false });
  expect(ask(stored(1, 1n).hash, false)).toEqual({ messages: [], more: false });
  store.close();
}

/** What every MessageStore does, and all of them alike. */
export const messageStoreContract: readonly ContractCase[] = [
  { name: "pages either way visit every matching message once, in order", run: pagesVisitAll },
  { name: "gives back what was put in", run: returnsWhatWasPut },
  { name: "keeps the newest up to its limits, by number and by bytes", run: keepsTheNewest },
  { name: "a full store does not take what is older than all it holds", run: refusesTheOldest },
  { name: "removes what is older than it is told", run: expires },
  { name: "ends a page at the byte limit, yet never returns none", run: endsAtTheByteLimit },
  { name: "does not know a cursor that it does not hold", run: knowsItsCursors },
];

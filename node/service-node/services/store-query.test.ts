import type { Connection, PeerId } from "@libp2p/interface";
import { proto_store as proto } from "@waku/proto";
import { expect, test } from "vitest";
import { RateLimiter } from "../limits/rate-limiter.ts";
import { MemoryMessageStore } from "../store/memory-message-store.ts";
import { stored } from "../testing/message-store-contract.ts";
import { storeQueryHandler } from "./store-query.ts";

const SHARD = "/waku/2/rs/42/0";
const TOPIC = "/a/1/x/proto";
const PEER = { toString: () => "peer" } as PeerId;
const CONNECTION = { remotePeer: PEER } as Connection;

/** A Store of so many messages, with the rate that is allowed to one peer. */
function bench(count: number, { burst = 1_000, bytes = 10 } = {}) {
  const store = new MemoryMessageStore();
  const all = Array.from({ length: count }, (_, index) => stored(index, BigInt(index), { bytes }));
  for (const message of all) store.insert(message);
  const handle = storeQueryHandler(store, new RateLimiter({ perSecond: 0, burst }, () => 0));
  async function ask(request: Partial<proto.StoreQueryRequest>) {
    const whole = { requestId: "r", includeData: true, paginationForward: true, contentTopics: [], messageHashes: [] };
    const answer = await handle(proto.StoreQueryRequest.encode({ ...whole, ...request }), PEER, CONNECTION);
    const { statusCode, messages, paginationCursor, requestId } = proto.StoreQueryResponse.decode(answer);
    const numbers = messages.map(({ messageHash }) => all.findIndex(({ hash }) => equal(hash, messageHash)));
    return { statusCode, requestId, numbers, messages, paginationCursor };
  }
  const hashOf = (number: number) => all[number]?.hash ?? new Uint8Array(32);
  return { ask, hashOf, hashes: (...numbers: readonly number[]) => numbers.map(hashOf) };
}

const equal = (a: Uint8Array, b: Uint8Array | undefined) => b !== undefined && Buffer.compare(a, b) === 0;
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

test("by hash: what is there of it, in the order asked, a page at a time, with a cursor only while there is more", async () => {
  const { ask, hashOf, hashes } = bench(10);
  const messageHashes = hashes(5, 99, 3, 7, 1);
  const paginationLimit = 2n;
  const first = await ask({ messageHashes, paginationLimit });
  expect([first.numbers, first.requestId, first.statusCode]).toEqual([[5, 3], "r", 200]);
  expect(first.paginationCursor).toEqual(hashOf(3));
  const second = await ask({ messageHashes, paginationLimit, paginationCursor: hashOf(3) });
  expect([second.numbers, second.paginationCursor]).toEqual([[7, 1], undefined]);
});

test("a page has twenty messages unless told otherwise, a hundred at most, and not more bytes than clients read", async () => {
  const { ask } = bench(150);
  expect((await ask({})).numbers).toEqual(upTo(20));
  expect((await ask({ paginationLimit: 0n })).numbers).toEqual(upTo(20));
  expect((await ask({ paginationLimit: 1_000n })).numbers).toEqual(upTo(100));
  const large = bench(30, { bytes: 150_000 });
  const byFilter = await large.ask({ paginationLimit: 100n });
  const byHash = await large.ask({ messageHashes: large.hashes(...upTo(30)), paginationLimit: 100n });
  for (const page of [byFilter, byHash]) {
    expect(page.numbers).toEqual(upTo(13));
    expect(page.paginationCursor).toBeDefined();
  }
});

test("pages go on from the cursor both ways; a cursor that nobody gave is refused", async () => {
  const { ask, hashOf } = bench(10);
  const ahead = await ask({ paginationLimit: 4n, paginationCursor: hashOf(2) });
  expect([ahead.numbers, ahead.paginationCursor]).toEqual([upTo(4, 3), hashOf(6)]);
  const back = await ask({ paginationLimit: 4n, paginationForward: false, paginationCursor: hashOf(7) });
  expect([back.numbers, back.paginationCursor]).toEqual([upTo(4, 3), hashOf(3)]);
  expect((await ask({ paginationCursor: new Uint8Array(32) })).statusCode).toBe(400);
});

test("content topics come with a pubsub topic, a hundred at most", async () => {
  const { ask } = bench(1);
  const topics = (count: number) => Array.from({ length: count }, (_, index) => `/t/${index}/x/proto`);
  expect((await ask({ contentTopics: [TOPIC], pubsubTopic: SHARD })).numbers).toEqual([0]);
  expect((await ask({ contentTopics: [TOPIC] })).statusCode).toBe(400);
  expect((await ask({ contentTopics: topics(100), pubsubTopic: SHARD })).statusCode).toBe(200);
  expect((await ask({ contentTopics: topics(101), pubsubTopic: SHARD })).statusCode).toBe(400);
});

test("hashes alone hold no message, when the data was not asked for", async () => {
  const { ask } = bench(2);
  const bare = await ask({ includeData: false });
  expect(bare.numbers).toEqual([0, 1]);
  expect(bare.messages.map(({ message, pubsubTopic }) => [message, pubsubTopic])).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect((await ask({})).messages[0]?.pubsubTopic).toBe(SHARD);
});

test("who asks too often is told to wait, under the id of the request", async () => {
  const { ask } = bench(1, { burst: 2 });
  await ask({});
  await ask({});
  expect(await ask({})).toMatchObject({ statusCode: 429, requestId: "r", numbers: [] });
});

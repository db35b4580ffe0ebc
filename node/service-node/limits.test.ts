import "../polyfills.ts";
import { proto_filter_v2 as filter, proto_lightpush as lightpush, proto_store as store } from "@waku/proto";
import { afterEach, describe, expect, test } from "vitest";
import {
  FILTER_SUBSCRIBE_CODEC,
  LIGHTPUSH_CODEC,
  LIGHTPUSH_V2_CODEC,
  MAX_WAKU_MESSAGE_BYTES,
  STORE_QUERY_CODEC,
} from "../../src/transport/waku/wire/codecs.ts";
import { pubsubTopicOf, type WakuMessage } from "../../src/transport/waku/wire/wire.ts";
import { type ServiceNode, type ServiceNodeOptions, startServiceNode } from "./service-node.ts";
import { type RawClient, rawClient } from "./testing/raw-client.ts";

const RULE = { clusterId: 42, shards: 8 };
const TOPIC = "/hearback/1/limits-test/proto";
const SHARD = pubsubTopicOf(TOPIC, RULE);
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

async function start(options: Partial<ServiceNodeOptions> = {}): Promise<ServiceNode> {
  const node = await startServiceNode({ port: 0, ...RULE, ...options });
  cleanups.push(() => node.stop());
  return node;
}

async function connect(address: string): Promise<RawClient> {
  const client = await rawClient(address);
  cleanups.push(() => client.stop());
  return client;
}

function messageOf(bytes: number, options: Partial<WakuMessage> = {}): WakuMessage {
  return { payload: new Uint8Array(bytes).fill(7), contentTopic: TOPIC, ...options };
}

async function push(client: RawClient, message: WakuMessage | undefined, pubsubTopic: string | undefined = SHARD) {
  const body = lightpush.LightPushRequestV3.encode({
    requestId: "r",
    ...(pubsubTopic === undefined ? {} : { pubsubTopic }),
    ...(message === undefined ? {} : { message }),
  });
  return lightpush.LightPushResponseV3.decode(await client.request(LIGHTPUSH_CODEC, body));
}

async function pushV2(client: RawClient, message: WakuMessage) {
  const body = lightpush.PushRpc.encode({ requestId: "r2", request: { pubsubTopic: SHARD, message } });
  return lightpush.PushRpc.decode(await client.request(LIGHTPUSH_V2_CODEC, body));
}

type Kind = "SUBSCRIBER_PING" | "SUBSCRIBE" | "UNSUBSCRIBE" | "UNSUBSCRIBE_ALL";

async function subscribe(
  client: RawClient,
  kind: Kind,
  contentTopics: string[],
  pubsubTopic: string | undefined = SHARD,
) {
  const filterSubscribeType = filter.FilterSubscribeRequest.FilterSubscribeType[kind];
  const request = { requestId: "f", filterSubscribeType, contentTopics, ...(pubsubTopic ? { pubsubTopic } : {}) };
  const answer = await client.request(FILTER_SUBSCRIBE_CODEC, filter.FilterSubscribeRequest.encode(request));
  return filter.FilterSubscribeResponse.decode(answer).statusCode;
}

async function query(client: RawClient, contentTopics: string[]) {
  const request = { requestId: "s", includeData: true, pubsubTopic: SHARD, contentTopics, messageHashes: [] };
  const body = store.StoreQueryRequest.encode({ ...request, paginationForward: true });
  return store.StoreQueryResponse.decode(await client.request(STORE_QUERY_CODEC, body));
}

const topics = (count: number, name = "t") => Array.from({ length: count }, (_, index) => `/${name}${index}/1/x/proto`);

describe("lightpush", () => {
  test("takes messages up to 150 KiB, and says 413 above", async () => {
    const node = await start();
    const client = await connect(node.multiaddr);
    // Field headers of payload and content topic.
    const overhead = 1 + 3 + 1 + 1 + TOPIC.length;
    const most = MAX_WAKU_MESSAGE_BYTES - overhead;
    expect(await push(client, messageOf(most))).toMatchObject({ requestId: "r", statusCode: 200 });
    expect(await push(client, messageOf(most + 1))).toMatchObject({ requestId: "r", statusCode: 413 });
    expect(await pushV2(client, messageOf(most + 1))).toMatchObject({ response: { isSuccess: false } });
    expect(node.store?.size).toBe(1);
  });

  test("version 2 works like version 3, over TCP as over WebSockets", async () => {
    const node = await start({ tcpPort: 0 });
    expect(node.tcpMultiaddr).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/16Uiu2/);
    const client = await connect(node.tcpMultiaddr ?? "");
    const answer = await pushV2(client, messageOf(3, { version: 2 }));
    expect(answer).toMatchObject({ requestId: "r2", response: { isSuccess: true } });
    expect((await query(client, [TOPIC])).messages).toMatchObject([
      { pubsubTopic: SHARD, message: { payload: Uint8Array.of(7, 7, 7), contentTopic: TOPIC, version: 2 } },
    ]);
  });

  test("says what is wrong with a request", async () => {
    const client = await connect((await start()).multiaddr);
    expect(await push(client, undefined)).toMatchObject({ statusCode: 400 });
    expect(await push(client, messageOf(1, { contentTopic: "none" }), "")).toMatchObject({ statusCode: 400 });
    expect(await push(client, messageOf(1), "/waku/2/rs/42/8")).toMatchObject({ statusCode: 421 });
    expect(await push(client, messageOf(1), "")).toMatchObject({ statusCode: 200 });
  });

  test("slows down a client that runs wild, and only that one", async () => {
    const node = await start({ limits: { lightpush: { perSecond: 1, burst: 10 } } });
    const [wild, calm] = [await connect(node.multiaddr), await connect(node.multiaddr)];
    const codes: (number | undefined)[] = [];
    // On a busy machine a token comes back meanwhile.
    while (codes.at(-1) !== 429 && codes.length < 100) {
      codes.push((await push(wild, messageOf(codes.length))).statusCode);
    }
    expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(codes.at(-1)).toBe(429);
    const isRefused = async () => (await pushV2(wild, messageOf(99))).response?.isSuccess === false;
    await expect.poll(isRefused, { interval: 1 }).toBe(true);
    expect((await push(calm, messageOf(1))).statusCode).toBe(200);
    await expect.poll(async () => (await push(wild, messageOf(1))).statusCode, { interval: 300 }).toBe(200);
  });

  test("minds the sender's clock only if it is told to", async () => {
    const lines: string[] = [];
    const [strict, lenient] = [
      await start({ maxClockSkewMs: 20_000 }),
      await start({ log: (line) => lines.push(line) }),
    ];
    const at = (offset: number) => messageOf(1, { timestamp: BigInt(Date.now() + offset) * 1_000_000n });
    const toStrict = await connect(strict.multiaddr);
    expect(await push(toStrict, at(-60_000))).toMatchObject({
      statusCode: 420,
      statusDesc: expect.stringMatching(/6\d s behind this node's clock, 20 s are allowed/),
    });
    expect(await push(toStrict, at(60_000))).toMatchObject({ statusCode: 420 });
    expect(await push(toStrict, at(10_000))).toMatchObject({ statusCode: 200 });
    expect(await push(toStrict, messageOf(1))).toMatchObject({ statusCode: 200 });
    expect(await push(await connect(lenient.multiaddr), at(-60_000))).toMatchObject({ statusCode: 200 });
    expect(lenient.status().traffic.skewed).toBe(1);
    await lenient.stop();
    expect(lines.join("\n")).toContain("60 s behind this node's clock");
  });
});

describe("filter", () => {
  test("counts each content topic of a subscriber once, and refuses more than it may have", async () => {
    const client = await connect((await start({ limits: { criteriaPerSubscriber: 10 } })).multiaddr);
    expect(await subscribe(client, "SUBSCRIBE", topics(8))).toBe(200);
    expect(await subscribe(client, "SUBSCRIBE", topics(8))).toBe(200);
    expect(await subscribe(client, "SUBSCRIBE", topics(3, "u"))).toBe(503);
    expect(await subscribe(client, "SUBSCRIBE", topics(2, "u"))).toBe(200);
    expect(await subscribe(client, "UNSUBSCRIBE", topics(8))).toBe(200);
    expect(await subscribe(client, "SUBSCRIBE", topics(8, "v"))).toBe(200);
  });

  test("has room for so many subscribers, and again when one leaves", async () => {
    const node = await start({ limits: { subscribers: 2, criteriaPerSubscriber: 5 } });
    const refused = await connect(node.multiaddr);
    expect(await subscribe(refused, "SUBSCRIBE", topics(6))).toBe(503);
    // A refused subscription takes no room.
    const [first, second] = [await connect(node.multiaddr), await connect(node.multiaddr)];
    expect(await subscribe(first, "SUBSCRIBE", topics(1))).toBe(200);
    expect(await subscribe(second, "SUBSCRIBE", topics(1))).toBe(200);
    expect(await subscribe(refused, "SUBSCRIBE", topics(1))).toBe(503);
    expect(await subscribe(second, "SUBSCRIBE", topics(2))).toBe(200);
    await first.stop();
    await expect.poll(() => subscribe(refused, "SUBSCRIBE", topics(1)), { timeout: 5_000 }).toBe(200);
    expect(node.status().subscribers).toBe(2);
  });

  test("says what is wrong with a request", async () => {
    const client = await connect((await start({ limits: { filter: { perSecond: 1, burst: 7 } } })).multiaddr);
    expect(await subscribe(client, "SUBSCRIBER_PING", [])).toBe(404);
    expect(await subscribe(client, "UNSUBSCRIBE", topics(1))).toBe(404);
    expect(await subscribe(client, "UNSUBSCRIBE_ALL", [])).toBe(404);
    expect(await subscribe(client, "SUBSCRIBE", [])).toBe(400);
    expect(await subscribe(client, "SUBSCRIBE", topics(1), "")).toBe(400);
    expect(await subscribe(client, "SUBSCRIBE", topics(1), "/waku/2/rs/41/0")).toBe(400);
    expect(await subscribe(client, "SUBSCRIBE", topics(1))).toBe(200);
    expect(await subscribe(client, "SUBSCRIBER_PING", [])).toBe(429);
  });
});

describe("Store", () => {
  test("refuses too many content topics, and too many queries", async () => {
    const client = await connect((await start({ limits: { store: { perSecond: 1, burst: 2 } } })).multiaddr);
    expect(await query(client, topics(101))).toMatchObject({ requestId: "s", statusCode: 400, messages: [] });
    expect(await query(client, topics(100))).toMatchObject({ statusCode: 200, messages: [] });
    expect(await query(client, topics(1))).toMatchObject({ requestId: "s", statusCode: 429, messages: [] });
  });
});

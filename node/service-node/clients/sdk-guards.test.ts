import "../../polyfills.ts";
import type { Connection, Libp2p } from "@libp2p/interface";
import { proto_filter_v2, proto_lightpush, proto_store } from "@waku/proto";
import { afterEach, describe, expect, test } from "vitest";
import type { HistoryQuery, InboundFrame, OutboundFrame, Transport } from "../../../src/transport/port.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import {
  FILTER_PUSH_CODEC,
  FILTER_SUBSCRIBE_CODEC,
  LIGHTPUSH_CODEC,
  STORE_QUERY_CODEC,
} from "../../../src/transport/waku/wire/codecs.ts";
import { encodeFrame } from "../../../src/transport/waku/wire/length-prefix.ts";
import { pubsubTopicOf, toWakuMessage, wakuMessageHash } from "../../../src/transport/waku/wire/wire.ts";
import { DEFAULT_LIMITS } from "../limits/limits.ts";
import { RateLimiter } from "../limits/rate-limiter.ts";
import { type RequestHandler, serveRequests } from "../services/serve-requests.ts";
import { storeQueryHandler } from "../services/store-query.ts";
import { MemoryMessageStore } from "../store/memory-message-store.ts";
import { filterThatAnswers, startScriptedServiceNode } from "../testing/scripted-service-node.ts";

const NETWORK = { clusterId: 42, shards: 8 };
const TOPIC = "/hearback/1/sdk-guards-test/proto";
const DAY_MS = 24 * 60 * 60 * 1000;
const types = proto_filter_v2.FilterSubscribeRequest.FilterSubscribeType;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

async function start(handlers: Record<string, RequestHandler> = {}): Promise<Libp2p> {
  const libp2p = await startScriptedServiceNode(handlers);
  cleanups.push(async () => libp2p.stop());
  return libp2p;
}

function connect(...nodes: Libp2p[]): Transport {
  const multiaddrs = nodes.flatMap((node) => node.getMultiaddrs().map(String));
  const transport = createWakuTransport({ network: { ...NETWORK, multiaddrs } });
  cleanups.push(() => transport.close());
  return transport;
}

async function untilOnline(transport: Transport, peers = 1): Promise<void> {
  await expect.poll(() => transport.health(), { timeout: 10_000, interval: 5 }).toEqual({ kind: "online", peers });
}

function frameAt(timestamp: number, payload = Uint8Array.of(1)): OutboundFrame {
  return { contentTopic: TOPIC, payload, version: 1, ephemeral: false, timestamp };
}

function storeOf(frames: readonly OutboundFrame[]): MemoryMessageStore {
  const store = new MemoryMessageStore();
  const pubsubTopic = pubsubTopicOf(TOPIC, NETWORK);
  for (const message of frames.map(toWakuMessage)) {
    const hash = wakuMessageHash(message, pubsubTopic);
    store.insert({ hash, pubsubTopic, message, timestamp: message.timestamp ?? 0n });
  }
  return store;
}

async function history(transport: Transport, query: HistoryQuery): Promise<InboundFrame[]> {
  const frames: InboundFrame[] = [];
  for await (const page of transport.queryHistory(query)) {
    frames.push(...page.frames);
  }
  return frames;
}

/** A push of `frame`, on a stream of its own as some service nodes do. */
async function push(connection: Connection | undefined, body: Uint8Array): Promise<void> {
  const stream = await connection?.newStream(FILTER_PUSH_CODEC);
  await stream?.sink([encodeFrame(body)]);
}

function pushOf(frame: OutboundFrame): Uint8Array {
  const pubsubTopic = pubsubTopicOf(frame.contentTopic, NETWORK);
  return proto_filter_v2.MessagePush.encode({ pubsubTopic, wakuMessage: toWakuMessage(frame) });
}

function lightpushThatAnswers(statusCode: number): RequestHandler {
  return (body) => {
    const { requestId } = proto_lightpush.LightPushRequestV3.decode(body);
    return proto_lightpush.LightPushResponseV3.encode({ requestId, statusCode });
  };
}

describe("where the SDK alone would fall short", () => {
  test("a range of days is read to its end, both ends to the millisecond", async () => {
    const start0 = Date.now() - 4 * DAY_MS;
    // Milliseconds whose nanoseconds no floating-point number holds, over a range that is no whole number of days.
    const times = Array.from({ length: 600 }, (_, index) => start0 + index * 541_003);
    const archive = storeOf(times.map((at) => frameAt(at)));
    const store = storeQueryHandler(archive, new RateLimiter(DEFAULT_LIMITS.store));
    const service = await start({ [STORE_QUERY_CODEC]: store });
    const transport = connect(service);
    await untilOnline(transport);
    for (let first = 0; first < 20; first += 1) {
      const [from = 0, to = 0] = [times[first], times[580 + first]];
      const found = await history(transport, { contentTopic: TOPIC, by: "time", from, to });
      expect(found.map(({ timestamp }) => timestamp)).toEqual(times.slice(first, 580 + first));
    }
    const all = await history(transport, { contentTopic: TOPIC, by: "time", from: 0, to: Date.now() + DAY_MS });
    expect(all.map(({ timestamp }) => timestamp)).toEqual(times);
  });

  test("pages that are too long for the SDK are asked for again, shorter, without repeating or leaving out", async () => {
    const small = Array.from({ length: 150 }, (_, index) => frameAt(1_000 + index));
    const large = Array.from({ length: 50 }, (_, index) => frameAt(2_000 + index, new Uint8Array(140_000).fill(index)));
    const archive = storeOf([...small, ...large]);
    const limits: number[] = [];
    const generous: RequestHandler = (body) => {
      const { requestId, paginationCursor, paginationLimit = 0n } = proto_store.StoreQueryRequest.decode(body);
      const filter = { pubsubTopic: undefined, contentTopics: [], timeStart: undefined, timeEnd: undefined };
      const limit = Number(paginationLimit);
      limits.push(limit);
      const page = archive.page({ filter, cursor: paginationCursor, forward: true, limit, maxBytes: 1e9 });
      const messages = (page?.messages ?? []).map(({ hash, message }) => ({ messageHash: hash, message }));
      return proto_store.StoreQueryResponse.encode({ requestId, statusCode: 200, messages });
    };
    const transport = connect(await start({ [STORE_QUERY_CODEC]: generous }));
    await untilOnline(transport);
    const found = await history(transport, { contentTopic: TOPIC, by: "time", from: 0, to: 9_000 });
    expect(found.map(({ timestamp }) => timestamp)).toEqual([...small, ...large].map(({ timestamp }) => timestamp));
    expect(limits.slice(0, 2)).toEqual([100, 100]);
    expect(limits.at(-1)).toBe(20);
  });

  test("a stream per pushed message loses nothing and keeps the connection", async () => {
    const service = await start();
    const transport = connect(service);
    const heard: number[] = [];
    transport.subscribe(TOPIC, ({ timestamp = 0 }) => heard.push(timestamp));
    await untilOnline(transport);
    const [connection] = service.getConnections();
    for (let number = 1; number <= 400; number += 1) {
      await push(connection, pushOf(frameAt(number)));
    }
    await expect.poll(() => heard.length, { timeout: 5_000 }).toBe(400);
    expect(heard).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    expect(service.getConnections()).toEqual([connection]);
    expect(connection?.streams.filter(({ protocol }) => protocol === FILTER_PUSH_CODEC)).toEqual([]);
  });

  test("a push that cannot be read: the subscription is checked at once, what comes next is heard", async () => {
    const requests: string[] = [];
    const service = await start({
      [FILTER_SUBSCRIBE_CODEC]: filterThatAnswers(({ filterSubscribeType }) => {
        requests.push(String(filterSubscribeType));
        return filterSubscribeType === types.SUBSCRIBER_PING ? 404 : 200;
      }),
    });
    const transport = connect(service);
    const heard: InboundFrame[] = [];
    transport.subscribe(TOPIC, (frame) => heard.push(frame));
    await untilOnline(transport);
    const [connection] = service.getConnections();
    await push(connection, new Uint8Array(30).fill(0xff));
    await expect.poll(() => requests).toEqual([types.SUBSCRIBE, types.SUBSCRIBER_PING, types.SUBSCRIBE]);
    await untilOnline(transport);
    await push(connection, pushOf(frameAt(5)));
    await expect.poll(() => heard.length).toBe(1);
  });

  test("one service node that takes the message is enough: a silent or refusing one delays nothing", async () => {
    const taking = await start({ [LIGHTPUSH_CODEC]: lightpushThatAnswers(200) });
    const silent = await start({ [LIGHTPUSH_CODEC]: () => new Promise(() => undefined) });
    const refusing = await start({ [LIGHTPUSH_CODEC]: lightpushThatAnswers(413) });
    for (const other of [silent, refusing]) {
      const transport = connect(taking, other);
      await untilOnline(transport, 2);
      const startedAt = Date.now();
      await transport.publish(frameAt(Date.now()));
      // Far below the ten seconds after which a silent one is given up.
      expect(Date.now() - startedAt).toBeLessThan(5_000);
    }
  });

  test("a Store that is gone after the first page: an error, never the end of the history", async () => {
    const archive = storeOf([frameAt(1), frameAt(2)]);
    const store = storeQueryHandler(archive, new RateLimiter(DEFAULT_LIMITS.store));
    const service = await start({
      [STORE_QUERY_CODEC]: async (body, peer, connection) => {
        await service.unhandle(STORE_QUERY_CODEC);
        return await store(body, peer, connection);
      },
    });
    const transport = connect(service);
    await untilOnline(transport);
    const query = history(transport, { contentTopic: TOPIC, by: "time", from: 0, to: 9 });
    await expect(query).rejects.toMatchObject({ name: "TransportError", code: "no-store" });
  });

  test("a subscription that is never answered is given up after a while and asked for again", async () => {
    const service = await start();
    await service.unhandle(FILTER_SUBSCRIBE_CODEC);
    const silence = new Promise<void>((resolve) => {
      void service.handle(FILTER_SUBSCRIBE_CODEC, () => resolve());
    });
    const transport = connect(service);
    transport.subscribe(TOPIC, () => undefined);
    await silence;
    await service.unhandle(FILTER_SUBSCRIBE_CODEC);
    await serveRequests(
      service,
      FILTER_SUBSCRIBE_CODEC,
      filterThatAnswers(() => 200),
    );
    expect(transport.health()).toEqual({ kind: "connecting" });
    await expect.poll(() => transport.health().kind, { timeout: 15_000 }).toBe("online");
  });

  test("many topics wanted at once, before and after connecting: all are subscribed, with few requests", async () => {
    const held = new Set<string>();
    let requests = 0;
    const service = await start({
      [FILTER_SUBSCRIBE_CODEC]: filterThatAnswers(({ filterSubscribeType, contentTopics }) => {
        // On a machine that is busy the link is asked whether it still stands, too.
        if (filterSubscribeType === types.SUBSCRIBE) requests += 1;
        for (const topic of contentTopics) {
          if (filterSubscribeType === types.SUBSCRIBE) {
            held.add(topic);
          } else {
            held.delete(topic);
          }
        }
        return 200;
      }),
    });
    const transport = connect(service);
    const heard: string[] = [];
    const topics = Array.from({ length: 40 }, (_, index) => `/app${index}/1/x/proto`);
    const want = (contentTopics: string[]) =>
      contentTopics.map((topic) => transport.subscribe(topic, ({ contentTopic }) => heard.push(contentTopic)));
    const first = want(topics.slice(0, 20));
    await untilOnline(transport);
    want(topics.slice(20));
    await untilOnline(transport);
    expect([...held].sort()).toEqual([...topics].sort());
    expect(requests).toBeLessThanOrEqual(2 * NETWORK.shards);
    const [connection] = service.getConnections();
    for (const contentTopic of topics) {
      await push(connection, pushOf({ ...frameAt(7), contentTopic }));
    }
    await expect.poll(() => [...heard].sort()).toEqual([...topics].sort());
    for (const unsubscribe of first) {
      unsubscribe();
    }
    await expect.poll(() => [...held].sort()).toEqual(topics.slice(20).sort());
  });

  test("a topic given up and wanted again at once is heard", async () => {
    const service = await start();
    const transport = connect(service);
    const heard: InboundFrame[] = [];
    transport.subscribe(TOPIC, () => undefined)();
    transport.subscribe(TOPIC, (frame) => heard.push(frame));
    await untilOnline(transport);
    transport.subscribe("/other/1/x/proto", () => undefined)();
    await push(service.getConnections()[0], pushOf(frameAt(3)));
    await expect.poll(() => heard.length).toBe(1);
    await untilOnline(transport);
  });
});

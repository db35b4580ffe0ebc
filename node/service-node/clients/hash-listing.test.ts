import "../../polyfills.ts";
import { proto_store } from "@waku/proto";
import { afterEach, describe, expect, test } from "vitest";
import type { Transport } from "../../../src/transport/port.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import { STORE_QUERY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { pubsubTopicOf, type WakuMessage, wakuMessageHash } from "../../../src/transport/waku/wire/wire.ts";
import { RateLimiter } from "../limits/rate-limiter.ts";
import type { RequestHandler } from "../services/serve-requests.ts";
import { storeQueryHandler } from "../services/store-query.ts";
import { Archive } from "../store/archive.ts";
import { MemoryMessageStore } from "../store/memory-message-store.ts";
import { startScriptedServiceNode } from "../testing/scripted-service-node.ts";

const TOPIC = "/hearback/1/hash-listing-test/proto";
const PUBSUB = pubsubTopicOf(TOPIC, { clusterId: 42, shards: 8 });
const START = 1_700_000_000_000;
const PAYLOAD_BYTES = 560;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

type Request = proto_store.StoreQueryRequest;
type Response = proto_store.StoreQueryResponse;

/** A client of a Store with so many messages, a millisecond apart; `twist` is what the Store does instead. */
async function bench(
  count: number,
  twist: (request: Request, response: Response) => Partial<Response> | null = () => ({}),
) {
  const store = new MemoryMessageStore();
  const archive = new Archive(store, Number.POSITIVE_INFINITY, () => undefined);
  const hashes: string[] = [];
  for (let number = 0; number < count; number++) {
    const message: WakuMessage = {
      payload: new Uint8Array(PAYLOAD_BYTES).fill(number),
      ...{ contentTopic: TOPIC, version: 1, timestamp: BigInt(START + number) * 1_000_000n },
    };
    archive.add(PUBSUB, message);
    hashes.push(String(wakuMessageHash(message, PUBSUB)));
  }
  const inner = storeQueryHandler(store, new RateLimiter({ perSecond: 1_000, burst: 1_000 }));
  const asked: string[] = [];
  let bytes = 0;
  const answer: RequestHandler = async (body, peer, connection) => {
    const request = proto_store.StoreQueryRequest.decode(body);
    asked.push(
      request.messageHashes.length > 0
        ? `${request.messageHashes.length} hashes`
        : request.includeData
          ? "all"
          : "list",
    );
    const response = proto_store.StoreQueryResponse.decode(await inner(body, peer, connection));
    const twisted = twist(request, response);
    if (twisted === null) throw new Error("not understood");
    const answered = proto_store.StoreQueryResponse.encode({ ...response, ...twisted });
    bytes += answered.length;
    return answered;
  };
  const libp2p = await startScriptedServiceNode({ [STORE_QUERY_CODEC]: answer });
  cleanups.push(async () => libp2p.stop());
  const network = { clusterId: 42, shards: 8, multiaddrs: libp2p.getMultiaddrs().map(String) };
  const transport: Transport = createWakuTransport({ network });
  cleanups.push(() => transport.close());
  const read = async (isHeld: (hash: string) => boolean, to = START + count) => {
    const found: number[] = [];
    const query = {
      contentTopic: TOPIC,
      by: "time",
      from: START,
      to,
      isHeld: (hash: Uint8Array) => isHeld(String(hash)),
    } as const;
    for await (const { frames } of transport.queryHistory(query)) {
      for (const { timestamp = 0 } of frames) found.push(timestamp - START);
    }
    return found;
  };
  return { hashes, asked, read, bytes: () => bytes };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe("a history of which most is held", () => {
  //= protocol: STORE-6
  test("is listed, and only what is missing is given: less than 1.3 times its bytes", async () => {
    const { hashes, asked, read, bytes } = await bench(300);
    const missing = new Set([...hashes.slice(7, 8), ...hashes.slice(150, 190), ...hashes.slice(250)]);
    expect(await read((hash) => !missing.has(hash))).toEqual([7, ...range(150, 190), ...range(250, 300)]);
    expect(asked.filter((each) => each === "list")).toHaveLength(3);
    expect(asked).not.toContain("all");
    expect(asked.filter((each) => each.endsWith("hashes"))).toEqual(["1 hashes", "40 hashes", "50 hashes"]);
    const ofMissing = missing.size * (PAYLOAD_BYTES + 32 + TOPIC.length + PUBSUB.length);
    expect(bytes()).toBeLessThan(1.3 * ofMissing);
  });

  test("is listed up to the end of the span, which is exclusive", async () => {
    const { read } = await bench(10);
    expect(await read(() => false, START + 4)).toEqual(range(0, 4));
  });

  test("of which all is held costs the list", async () => {
    const { asked, read, bytes } = await bench(100);
    expect([await read(() => true), asked]).toEqual([[], ["list"]]);
    expect(bytes()).toBeLessThan(100 * 42);
  });
});

describe("a Store that", () => {
  const isList = ({ includeData, messageHashes }: Request) => !includeData && messageHashes.length === 0;

  test.each<[string, (request: Request, response: Response) => Partial<Response> | null]>([
    ["resets when asked to list", (request) => (isList(request) ? null : {})],
    ["refuses to list", (request) => (isList(request) ? { statusCode: 400, messages: [] } : {})],
    ["lists messages without hashes", (request) => (isList(request) ? { messages: [{}, {}] } : {})],
    [
      "lists hashes of another length",
      (request) => (isList(request) ? { messages: [{ messageHash: new Uint8Array(31) }] } : {}),
    ],
    ["gives nothing by hash", ({ messageHashes }) => (messageHashes.length > 0 ? { messages: [] } : {})],
    [
      "gives other messages than were asked for",
      ({ messageHashes }, { messages }) => {
        const [first] = messages;
        const message = first?.message;
        if (messageHashes.length === 0 || message === undefined) return {};
        return { messages: [{ ...first, message: { ...message, payload: Uint8Array.of(1) } }] };
      },
    ],
    [
      "lists what it does not have",
      (request) => (isList(request) ? { messages: [{ messageHash: new Uint8Array(32) }] } : {}),
    ],
  ])("%s is read as a whole", async (_name, twist) => {
    const { asked, read } = await bench(5, twist);
    expect(await read(() => false)).toEqual(range(0, 5));
    expect(asked).toContain("all");
  });

  test("does not list is not asked to again", async () => {
    const { asked, read } = await bench(5, (request) => (isList(request) ? { statusCode: 500, messages: [] } : {}));
    await read(() => false);
    await read(() => false);
    expect(asked.filter((each) => each === "list")).toHaveLength(1);
  });

  test("has been asked too often is asked for nothing more", async () => {
    const { asked, read } = await bench(5, () => ({ statusCode: 429, messages: [] }));
    await expect(read(() => false)).rejects.toMatchObject({ code: "no-store" });
    expect(asked).toEqual(["list"]);
  });
});

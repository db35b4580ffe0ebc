import "../../polyfills.ts";
import { proto_filter_v2, proto_lightpush, proto_store } from "@waku/proto";
import { afterEach, describe, expect, test } from "vitest";
import type { OutboundFrame, Transport, TransportHealth } from "../../../src/transport/port.ts";
import { createWakuTransport, type WakuTransportOptions } from "../../../src/transport/waku/waku-transport.ts";
import { FILTER_SUBSCRIBE_CODEC, LIGHTPUSH_CODEC, STORE_QUERY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import type { RequestHandler } from "../services/serve-requests.ts";
import { filterThatAnswers, startScriptedServiceNode } from "../testing/scripted-service-node.ts";

const TOPIC = "/hearback/1/bad-node-test/proto";
const frame: OutboundFrame = {
  contentTopic: TOPIC,
  payload: Uint8Array.of(1),
  version: 1,
  ephemeral: false,
  timestamp: 1,
};
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

const never: RequestHandler = () => new Promise(() => undefined);

async function connectTo(
  handlers: Record<string, RequestHandler>,
  options: Partial<WakuTransportOptions> = {},
): Promise<Transport> {
  const libp2p = await startScriptedServiceNode(handlers);
  cleanups.push(async () => libp2p.stop());
  const multiaddrs = libp2p.getMultiaddrs().map(String);
  const transport = createWakuTransport({ network: { clusterId: 42, shards: 8, multiaddrs }, ...options });
  cleanups.push(() => transport.close());
  return transport;
}

async function untilKind(transport: Transport, kind: TransportHealth["kind"]): Promise<void> {
  await expect.poll(() => transport.health().kind, { timeout: 10_000, interval: 5 }).toBe(kind);
}

async function readHistory(transport: Transport): Promise<void> {
  for await (const _page of transport.queryHistory({ contentTopic: TOPIC, by: "time", from: 0, to: 9 })) {
    // Only the end of it is of interest.
  }
}

describe("a service node that misbehaves", () => {
  test("never answers a push: the publish ends with timeout, those behind it too", async () => {
    const transport = await connectTo({ [LIGHTPUSH_CODEC]: never }, { publishTimeoutMs: 400 });
    await untilKind(transport, "online");
    const startedAt = Date.now();
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => transport.publish(frame)));
    // One after the other they would take sixteen seconds.
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(results.map((result) => result.status === "rejected" && result.reason.code)).toEqual(
      Array.from({ length: 40 }, () => "timeout"),
    );
  });

  test("gets at most 16 pushes at once", async () => {
    let inFlight = 0;
    let most = 0;
    const slow: RequestHandler = async (body) => {
      const { requestId } = proto_lightpush.LightPushRequestV3.decode(body);
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inFlight -= 1;
      return proto_lightpush.LightPushResponseV3.encode({ requestId, statusCode: 200 });
    };
    const transport = await connectTo({ [LIGHTPUSH_CODEC]: slow });
    await untilKind(transport, "online");
    await Promise.all(Array.from({ length: 80 }, () => transport.publish(frame)));
    expect(most).toBe(16);
  });

  test("refuses with a status: rejected, for whatever reason it gives; another one may take it", async () => {
    let statusCode = 429;
    const refusing: RequestHandler = (body) => {
      const { requestId } = proto_lightpush.LightPushRequestV3.decode(body);
      return proto_lightpush.LightPushResponseV3.encode({ requestId, statusCode, statusDesc: "slow down" });
    };
    const transport = await connectTo({ [LIGHTPUSH_CODEC]: refusing });
    await untilKind(transport, "online");
    await expect(transport.publish(frame)).rejects.toMatchObject({ code: "rejected", message: /429 slow down/ });
    statusCode = 413;
    await expect(transport.publish(frame)).rejects.toMatchObject({ code: "rejected", retryable: true, message: /413/ });
  });

  test("answers nonsense: an error of the port, and the next request works", async () => {
    const nonsense: RequestHandler = () => new Uint8Array(20).fill(0xff);
    const transport = await connectTo({ [LIGHTPUSH_CODEC]: nonsense, [STORE_QUERY_CODEC]: nonsense });
    await untilKind(transport, "online");
    await expect(transport.publish(frame)).rejects.toMatchObject({ name: "TransportError", code: "rejected" });
    await expect(readHistory(transport)).rejects.toMatchObject({ name: "TransportError", code: "rejected" });
    expect(transport.health().kind).toBe("online");
  });

  test("has no lightpush, no Store: clear codes", async () => {
    const transport = await connectTo({});
    await untilKind(transport, "online");
    await expect(transport.publish(frame)).rejects.toMatchObject({ code: "rejected", message: /no lightpush/ });
    await expect(readHistory(transport)).rejects.toMatchObject({ code: "no-store" });
  });

  test("has a Store that fails: an error, never an empty history", async () => {
    const failing: RequestHandler = (body) => {
      const { requestId } = proto_store.StoreQueryRequest.decode(body);
      return proto_store.StoreQueryResponse.encode({ requestId, statusCode: 503, statusDesc: "busy", messages: [] });
    };
    const transport = await connectTo({ [STORE_QUERY_CODEC]: failing });
    await untilKind(transport, "online");
    await expect(readHistory(transport)).rejects.toMatchObject({ code: "no-store", message: /503 busy/ });
  });

  test("has a Store that gives one page for ever: the query ends with words", async () => {
    const endless: RequestHandler = (body) => {
      const { requestId } = proto_store.StoreQueryRequest.decode(body);
      const message = { payload: Uint8Array.of(1), contentTopic: TOPIC };
      const messages = [{ messageHash: new Uint8Array(32), message, pubsubTopic: "" }];
      const paginationCursor = new Uint8Array(32);
      return proto_store.StoreQueryResponse.encode({ requestId, statusCode: 200, messages, paginationCursor });
    };
    const transport = await connectTo({ [STORE_QUERY_CODEC]: endless });
    await untilKind(transport, "online");
    await expect(readHistory(transport)).rejects.toMatchObject({ code: "rejected", message: /makes no sense/ });
  });

  test("refuses a subscription at first: connecting until it holds, tried again by itself", async () => {
    let refusals = 2;
    const reluctant = filterThatAnswers(() => {
      refusals -= 1;
      return refusals >= 0 ? 503 : 200;
    });
    const transport = await connectTo({ [FILTER_SUBSCRIBE_CODEC]: reluctant });
    const seen: TransportHealth["kind"][] = [];
    transport.onHealth((health) => seen.push(health.kind));
    transport.subscribe(TOPIC, () => undefined);
    await untilKind(transport, "online");
    expect(refusals).toBe(-1);
    expect(seen.filter((kind) => kind === "online")).toHaveLength(1);
  });

  test("forgets a subscription: noticed at the next check, subscribed again, and health says that it was gone", async () => {
    const types = proto_filter_v2.FilterSubscribeRequest.FilterSubscribeType;
    let subscriptions = 0;
    let isForgotten = false;
    const forgetful = filterThatAnswers((request) => {
      if (request.filterSubscribeType === types.SUBSCRIBER_PING) {
        return isForgotten ? 404 : 200;
      }
      isForgotten = false;
      subscriptions += 1;
      return 200;
    });
    const transport = await connectTo({ [FILTER_SUBSCRIBE_CODEC]: forgetful }, { refreshIntervalMs: 50 });
    transport.subscribe(TOPIC, () => undefined);
    await untilKind(transport, "online");
    const seen: TransportHealth["kind"][] = [];
    transport.onHealth((health) => seen.push(health.kind));
    isForgotten = true;
    await expect.poll(() => subscriptions, { timeout: 5_000 }).toBe(2);
    await untilKind(transport, "online");
    expect(seen).toEqual(["connecting", "online"]);
  });
});

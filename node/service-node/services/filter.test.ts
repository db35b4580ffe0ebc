import "../../polyfills.ts";
import { noise } from "@chainsafe/libp2p-noise";
import type { Connection, Libp2p } from "@libp2p/interface";
import { mplex } from "@libp2p/mplex";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { proto_filter_v2 as proto } from "@waku/proto";
import { createLibp2p } from "libp2p";
import { afterEach, describe, expect, test } from "vitest";
import { FILTER_PUSH_CODEC, FILTER_SUBSCRIBE_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { readFrames } from "../../../src/transport/waku/wire/length-prefix.ts";
import { pubsubTopicOf } from "../../../src/transport/waku/wire/wire.ts";
import { DEFAULT_LIMITS } from "../limits/limits.ts";
import { startBadProxy } from "../testing/bad-link/bad-proxy.ts";
import { startScriptedServiceNode } from "../testing/scripted-service-node.ts";
import { FilterService } from "./filter.ts";
import { requestOnce } from "./serve-requests.ts";

const RULE = { clusterId: 42, shards: 8 };
const TOPIC = "/hearback/1/filter-test/proto";
const SHARD = pubsubTopicOf(TOPIC, RULE);
const MINUTE_MS = 60_000;
const types = proto.FilterSubscribeRequest.FilterSubscribeType;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

/** A filter service on a libp2p node of its own, whose clock stands still unless it is set. */
async function startFilter() {
  const clock = { now: 0 };
  let filter: FilterService | undefined;
  const server = await startScriptedServiceNode({
    [FILTER_SUBSCRIBE_CODEC]: (body, peer, connection) => filter?.handler(body, peer, connection) ?? body,
  });
  const service = new FilterService(
    server,
    RULE,
    DEFAULT_LIMITS,
    () => undefined,
    () => clock.now,
  );
  filter = service;
  cleanups.push(async () => {
    service.stop();
    await server.stop();
  });
  const push = (number: number): number => service.push(SHARD, { payload: Uint8Array.of(number), contentTopic: TOPIC });
  return { server, service, push, clock, address: String(server.getMultiaddrs()[0]) };
}

/** A subscriber that notes what was pushed to it, and over which of its connections. */
async function startSubscriber() {
  const libp2p: Libp2p = await createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [mplex()],
  });
  cleanups.push(async () => libp2p.stop());
  const heard: { number: number | undefined; over: Connection }[] = [];
  let refuse: (() => void) | undefined;
  await libp2p.handle(FILTER_PUSH_CODEC, ({ stream, connection }) => {
    if (refuse !== undefined) {
      stream.abort(new Error("refused"));
      refuse();
      refuse = undefined;
      return;
    }
    const read = async (): Promise<void> => {
      for await (const body of readFrames(stream.source, 1_000)) {
        heard.push({ number: proto.MessagePush.decode(body).wakuMessage?.payload[0], over: connection });
      }
    };
    // A stream that ends with its connection ends the reading, too.
    read().catch(() => undefined);
  });
  const dial = (address: string) => libp2p.dial(multiaddr(address), { force: true });
  const refuseNext = () =>
    new Promise<void>((resolve) => {
      refuse = resolve;
    });
  return { dial, heard, refuseNext, numbers: () => heard.map(({ number }) => number) };
}

function requestOf(kind: "SUBSCRIBE" | "SUBSCRIBER_PING"): Uint8Array {
  const topics = kind === "SUBSCRIBE" ? { pubsubTopic: SHARD, contentTopics: [TOPIC] } : { contentTopics: [] };
  return proto.FilterSubscribeRequest.encode({ requestId: "f", filterSubscribeType: types[kind], ...topics });
}

async function ask(connection: Connection, kind: "SUBSCRIBE" | "SUBSCRIBER_PING"): Promise<number> {
  const signal = AbortSignal.timeout(10_000);
  const answer = await requestOnce(connection, FILTER_SUBSCRIBE_CODEC, requestOf(kind), signal);
  return proto.FilterSubscribeResponse.decode(answer).statusCode;
}

/** The two connections of a subscriber as the service node has them, the older first. */
function connectionsOf(server: Libp2p): [Connection, Connection] {
  const [older, newer, ...more] = server
    .getConnections()
    .sort((left, right) => left.timeline.open - right.timeline.open);
  if (older === undefined || newer === undefined || more.length > 0) {
    throw new Error("there are not two connections");
  }
  return [older, newer];
}

describe("the connection that is pushed to", () => {
  test("is the one that subscribed last, while an older one is dead and nobody has noticed, and after it has closed", async () => {
    const { server, push, address } = await startFilter();
    const proxy = await startBadProxy(multiaddr(address).toOptions().port);
    cleanups.push(() => proxy.stop());
    const { dial, heard } = await startSubscriber();
    const old = await dial(address.replace(/tcp\/\d+/, `tcp/${proxy.port}`));
    expect(await ask(old, "SUBSCRIBE")).toBe(200);
    expect(push(1)).toBe(1);
    await expect.poll(() => heard).toEqual([{ number: 1, over: old }]);

    proxy.swallowOpen();
    push(2);
    const fresh = await dial(address);
    expect(await ask(fresh, "SUBSCRIBE")).toBe(200);
    expect(push(3)).toBe(1);
    await expect.poll(() => heard.slice(1)).toEqual([{ number: 3, over: fresh }]);

    const [deadOne] = connectionsOf(server);
    deadOne.abort(new Error("noticed at last"));
    await expect.poll(() => server.getConnections().length).toBe(1);
    expect(push(4)).toBe(1);
    await expect.poll(() => heard.slice(2)).toEqual([{ number: 4, over: fresh }]);
  });

  test("is the one by which the last ping came; what waits for the other one is still sent there", async () => {
    const { server, service, push, address } = await startFilter();
    const { dial, heard, numbers } = await startSubscriber();
    const first = await dial(address);
    const second = await dial(address);
    expect(await ask(first, "SUBSCRIBE")).toBe(200);
    for (let number = 0; number < 20; number += 1) {
      push(number);
    }
    // In the same moment, so that nothing of it has been sent.
    const [, newer] = connectionsOf(server);
    await service.handler(requestOf("SUBSCRIBER_PING"), newer.remotePeer, newer);
    for (let number = 20; number < 40; number += 1) {
      push(number);
    }
    await expect.poll(() => numbers().length).toBe(40);
    const over = (connection: Connection) =>
      heard.filter((push) => push.over === connection).map(({ number }) => number);
    expect(over(first)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(over(second)).toEqual(Array.from({ length: 20 }, (_, index) => 20 + index));
  });

  test("may be the first one again, and a push that still fails there from before changes nothing", async () => {
    const { server, service, push, address } = await startFilter();
    const { dial, refuseNext, numbers } = await startSubscriber();
    const first = await dial(address);
    const second = await dial(address);
    expect(await ask(first, "SUBSCRIBE")).toBe(200);
    const refused = refuseNext();
    push(1);
    const [older, newer] = connectionsOf(server);
    for (const connection of [newer, older]) {
      await service.handler(requestOf("SUBSCRIBER_PING"), connection.remotePeer, connection);
    }
    push(2);
    await refused;
    await expect.poll(numbers).toEqual([2]);
    // What the service node hears over this connection now comes after the refusal.
    expect(await ask(first, "SUBSCRIBER_PING")).toBe(200);
    expect(push(3)).toBe(1);
    await expect.poll(numbers).toEqual([2, 3]);
    expect(second.status).toBe("open");
  });

  test("is never one that has ended, though its last request is read only then", async () => {
    const { server, service, push, address } = await startFilter();
    const { dial, heard } = await startSubscriber();
    await dial(address);
    const second = await dial(address);
    expect(await ask(second, "SUBSCRIBE")).toBe(200);
    const [older] = connectionsOf(server);
    older.abort(new Error("gone"));
    for (const kind of ["SUBSCRIBE", "SUBSCRIBER_PING"] as const) {
      await service.handler(requestOf(kind), older.remotePeer, older);
    }
    expect(push(1)).toBe(1);
    await expect.poll(() => heard).toEqual([{ number: 1, over: second }]);
  });

  test("takes the subscription with it when it closes", async () => {
    const { server, service, push, address } = await startFilter();
    const { dial } = await startSubscriber();
    const first = await dial(address);
    const second = await dial(address);
    expect(await ask(second, "SUBSCRIBE")).toBe(200);
    await second.close();
    await expect.poll(() => server.getConnections().length).toBe(1);
    expect(push(1)).toBe(0);
    expect(service.subscriberCount).toBe(0);
    // So that a subscriber who has missed something learns of it.
    expect(await ask(first, "SUBSCRIBER_PING")).toBe(404);
  });
});

describe("a subscription", () => {
  test("is kept by pings: still pushed after six minutes, no more five minutes after the last", async () => {
    const { push, clock, address } = await startFilter();
    const { dial, numbers } = await startSubscriber();
    const connection = await dial(address);
    expect(await ask(connection, "SUBSCRIBE")).toBe(200);
    for (let minute = 1; minute <= 5; minute += 1) {
      clock.now = minute * MINUTE_MS;
      expect(await ask(connection, "SUBSCRIBER_PING")).toBe(200);
    }
    clock.now = 6 * MINUTE_MS;
    expect(push(6)).toBe(1);
    await expect.poll(numbers).toEqual([6]);
    clock.now = 10 * MINUTE_MS - 1;
    expect(push(10)).toBe(1);
    await expect.poll(numbers).toEqual([6, 10]);
    clock.now = 10 * MINUTE_MS;
    expect(push(11)).toBe(0);
    expect(await ask(connection, "SUBSCRIBER_PING")).toBe(404);
  });

  test("is kept by subscribing again, and ends without either", async () => {
    const { push, clock, address } = await startFilter();
    const { dial } = await startSubscriber();
    const connection = await dial(address);
    expect(await ask(connection, "SUBSCRIBE")).toBe(200);
    clock.now = 4 * MINUTE_MS;
    expect(await ask(connection, "SUBSCRIBE")).toBe(200);
    clock.now = 9 * MINUTE_MS - 1;
    expect(push(1)).toBe(1);
    clock.now = 9 * MINUTE_MS;
    expect(await ask(connection, "SUBSCRIBER_PING")).toBe(404);
    expect(push(2)).toBe(0);
  });
});

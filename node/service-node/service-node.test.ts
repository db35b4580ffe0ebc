import "../polyfills.ts";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { createDecoder, createEncoder, createLightNode, type IDecodedMessage, Protocols } from "@waku/sdk";
import { createRoutingInfo } from "@waku/utils";
import { afterEach, describe, expect, test } from "vitest";
import type { InboundFrame, OutboundFrame, Transport } from "../../src/transport/port.ts";
import { LOCAL_NETWORK } from "../../src/transport/waku/wire/local-network.ts";
import { startServiceNode } from "./service-node.ts";
import { nodesAndClients } from "./testing/nodes-and-clients.ts";

const TOPIC = "/hearback/1/service-node-test/proto";
const { start, connect, atEnd, end } = nodesAndClients();

afterEach(end);

function listen(transport: Transport): InboundFrame[] {
  const frames: InboundFrame[] = [];
  transport.subscribe(TOPIC, (frame) => frames.push(frame));
  return frames;
}

function frameOf(number: number): OutboundFrame {
  return { contentTopic: TOPIC, payload: Uint8Array.of(number), version: 1, ephemeral: false, timestamp: Date.now() };
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 15_000, interval: 5 }).toBe(true);
}

const isOnline = (transport: Transport) => transport.health().kind === "online";

async function sdkNode(multiaddr: string) {
  const node = await createLightNode({
    defaultBootstrap: false,
    networkConfig: { clusterId: 42, numShardsInCluster: 8 },
    bootstrapPeers: [multiaddr],
    libp2p: { hideWebSocketInfo: true, filterMultiaddrs: false },
  });
  atEnd(async () => {
    node.filter.unsubscribeAll();
    await node.stop();
  });
  await node.waitForPeers([Protocols.Filter, Protocols.LightPush, Protocols.Store], 15_000);
  return node;
}

describe("service node", () => {
  test("the local identity is the one that the local network names", async () => {
    const node = await start();
    const [address = ""] = LOCAL_NETWORK.multiaddrs;
    expect(address).toBe(`/ip4/127.0.0.1/tcp/8645/ws/p2p/${node.peerId}`);
    expect(node.multiaddr).toBe(`/ip4/127.0.0.1/tcp/${node.port}/ws/p2p/${node.peerId}`);
  });

  test("serves a plain client of the Waku SDK, which hears us as we hear it", async () => {
    const service = await start();
    const sdk = await sdkNode(service.multiaddr);
    const ours = connect(service.multiaddr);
    const heardByUs = listen(ours);
    await until(() => isOnline(ours));
    const routingInfo = createRoutingInfo({ clusterId: 42, numShardsInCluster: 8 }, { contentTopic: TOPIC });
    const decoder = createDecoder(TOPIC, routingInfo);
    const encoder = createEncoder({ contentTopic: TOPIC, routingInfo });
    const heardBySdk: IDecodedMessage[] = [];
    expect(await sdk.filter.subscribe(decoder, (message) => void heardBySdk.push(message))).toBe(true);

    // More than the SDK's limit of 100 inbound streams, which a stream per pushed message would exhaust.
    for (let number = 0; number < 150; number += 1) {
      await ours.publish({ ...frameOf(number), version: 0 });
    }
    await until(() => heardBySdk.length === 150);
    expect(heardBySdk.map((message) => message.payload[0])).toEqual(Array.from({ length: 150 }, (_, index) => index));

    const results = await Promise.all(
      Array.from({ length: 30 }, (_, number) => sdk.lightPush.send(encoder, { payload: Uint8Array.of(200, number) })),
    );
    expect(results.map((result) => result.successes.length)).toEqual(Array.from({ length: 30 }, () => 1));
    await until(() => heardByUs.length === 180);

    const stored: IDecodedMessage[] = [];
    await sdk.store.queryWithOrderedCallback([decoder], (message) => void stored.push(message));
    expect(stored).toHaveLength(180);
    const hashes = [stored[3]?.hash, stored[170]?.hash].filter((hash) => hash !== undefined);
    const byHash: IDecodedMessage[] = [];
    await sdk.store.queryWithOrderedCallback([decoder], (message) => void byHash.push(message), {
      messageHashes: hashes,
    });
    expect(byHash.map((message) => message.hash)).toEqual(hashes);
    expect(heardByUs.map((frame) => Buffer.from(frame.hash).toString("hex"))).toContain(stored[170]?.hashStr);
  }, 40_000);

  test("meshes with another node: what one takes, the other's subscribers hear", async () => {
    const first = await start();
    const second = await start({ privateKey: await generateKeyPair("secp256k1"), peers: [first.multiaddr] });
    const [alice, bob] = [connect(first.multiaddr), connect(second.multiaddr)];
    const heard = listen(bob);
    await until(() => isOnline(alice) && isOnline(bob));
    let number = 0;
    // Gossip needs a moment to learn the other's subscriptions; what is published before goes to nobody else.
    await expect
      .poll(
        async () => {
          number += 1;
          await alice.publish(frameOf(number));
          return heard.length;
        },
        { timeout: 15_000, interval: 100 },
      )
      .toBeGreaterThan(0);
  }, 30_000);

  test("a client of two nodes hears each message once, and goes on when one of them dies", async () => {
    const first = await start();
    const second = await start({ privateKey: await generateKeyPair("secp256k1"), peers: [first.multiaddr] });
    const client = connect(first.multiaddr, second.multiaddr);
    const heard = listen(client);
    await until(() => {
      const health = client.health();
      return health.kind === "online" && health.peers === 2;
    });
    for (let number = 0; number < 20; number += 1) {
      await client.publish(frameOf(number));
    }
    await until(() => heard.length >= 20);
    await second.stop();
    await until(() => {
      const health = client.health();
      return health.kind === "online" && health.peers === 1;
    });
    await client.publish(frameOf(99));
    await until(() => heard.some((frame) => frame.payload[0] === 99));
    expect(heard).toHaveLength(21);
  }, 30_000);

  test("is not used when it serves another cluster, and the reason says so", async () => {
    const service = await start({ clusterId: 7 });
    const client = connect(service.multiaddr);
    await until(() => client.health().kind === "offline");
    expect(client.health()).toMatchObject({ reason: expect.stringContaining("cluster 7, not 42") });
  });

  test("refuses what a relay would refuse", async () => {
    const service = await start({ shards: 1 });
    const client = connect(service.multiaddr);
    const topics = Array.from({ length: 40 }, (_, index) => `/app${index}/1/x/proto`);
    await until(() => client.health().kind === "online");
    const results = await Promise.allSettled(
      topics.map((contentTopic) => client.publish({ ...frameOf(1), contentTopic })),
    );
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(topics.length);
    for (const result of refused) {
      expect(result.reason).toMatchObject({ code: "rejected", message: expect.stringContaining("does not serve") });
    }
  });

  test("takes the identical message twice, and stores it once", async () => {
    const service = await start();
    const client = connect(service.multiaddr);
    const frame = frameOf(1);
    const [first, second] = [await client.publish(frame), await client.publish(frame)];
    expect(second.hash).toEqual(first.hash);
    expect(service.store?.size).toBe(1);
  });

  test("says clearly that its port is taken", async () => {
    const service = await start();
    await expect(startServiceNode({ port: service.port, clusterId: 42, shards: 8 })).rejects.toThrow("EADDRINUSE");
  });
});

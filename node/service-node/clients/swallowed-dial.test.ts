import "../../polyfills.ts";
import { afterEach, describe, expect, test } from "vitest";
import type { OutboundFrame, Transport } from "../../../src/transport/port.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import { type ServiceNode, startServiceNode } from "../service-node.ts";
import { type BadProxy, startBadProxy } from "../testing/bad-link/bad-proxy.ts";

const TOPIC = "/hearback/1/swallowed-dial-test/proto";
const ANSWER_TIMEOUT_MS = 1_500;
/** The limit and the longest pause between two dials to this machine are 4 s of it; the rest is for a machine that is busy. */
const BACK_AGAIN_MS = 12_000;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

async function start(): Promise<ServiceNode> {
  const node = await startServiceNode({ port: 0, clusterId: 42, shards: 8 });
  cleanups.push(() => node.stop());
  return node;
}

async function proxyOf(node: ServiceNode): Promise<BadProxy> {
  const proxy = await startBadProxy(node.port);
  cleanups.push(() => proxy.stop());
  return proxy;
}

/** A transport whose way to the service node leads through the proxy, with one topic wanted. */
function connect(node: ServiceNode, proxy: BadProxy, answerTimeoutMs = ANSWER_TIMEOUT_MS): Transport {
  const multiaddrs = [`/ip4/127.0.0.1/tcp/${proxy.port}/ws/p2p/${node.peerId}`];
  const network = { clusterId: 42, shards: 8, multiaddrs };
  const transport = createWakuTransport({ network, answerTimeoutMs });
  cleanups.push(() => transport.close());
  transport.subscribe(TOPIC, () => undefined);
  return transport;
}

async function until(condition: () => boolean, timeout = 15_000): Promise<void> {
  await expect.poll(condition, { timeout, interval: 5 }).toBe(true);
}

const isOnline = (transport: Transport) => transport.health().kind === "online";
const frame = (): OutboundFrame => ({
  contentTopic: TOPIC,
  payload: Uint8Array.of(1),
  version: 1,
  ephemeral: false,
  timestamp: Date.now(),
});

/** After how many bytes a chunk of what the service node sends ends on the way to `online`; 0 is first. */
async function chunkEnds(node: ServiceNode): Promise<number[]> {
  const proxy = await proxyOf(node);
  const transport = connect(node, proxy);
  await until(() => isOnline(transport));
  const ends = [0];
  for (const length of proxy.chunks[0] ?? []) {
    ends.push((ends.at(-1) ?? 0) + length);
  }
  return ends;
}

/** Online, then cut off, and new connections swallowed after so many bytes; as soon as one hangs, the network heals. */
async function msUntilBack(node: ServiceNode, bytes: number): Promise<number> {
  const proxy = await proxyOf(node);
  const transport = connect(node, proxy);
  await until(() => isOnline(transport));
  proxy.swallowAfter(bytes);
  proxy.cut();
  await until(() => !isOnline(transport) && proxy.swallowed > 0);
  proxy.heal();
  const healedAt = Date.now();
  await until(() => isOnline(transport));
  const took = Date.now() - healedAt;
  await transport.publish(frame());
  // What hung was closed, and nothing was opened twice.
  await until(() => proxy.open === 1);
  return took;
}

describe("a network that swallows dials", () => {
  test("after any byte: back soon after it heals, and the sockets of the failed dials are closed", async () => {
    const node = await start();
    // The last chunk is the service node's agreement to push, after which the connection is no dial any more.
    const ends = (await chunkEnds(node)).slice(0, -1);
    const places = ends.flatMap((end) => (end === 0 ? [0] : [end - 1, end]));
    const took: number[] = [];
    while (places.length > 0) {
      const some = places.splice(0, 4);
      took.push(...(await Promise.all(some.map((bytes) => msUntilBack(node, bytes)))));
    }
    // The opening of the WebSocket, two of multistream and noise, identify and metadata.
    expect(took.length).toBeGreaterThan(8);
    expect(Math.max(...took)).toBeLessThan(BACK_AGAIN_MS);
  });

  test("for a while, whoever dials: the SDK's endless dial, too, ends and is made anew", async () => {
    const node = await start();
    const proxy = await proxyOf(node);
    const transport = connect(node, proxy);
    await until(() => isOnline(transport));
    proxy.swallowAfter(0);
    proxy.cut();
    // So many that the SDK, which tries every five seconds, made or joined one of them.
    await until(() => proxy.swallowed > 3, 30_000);
    // At most the present one and one that is just being closed; and none that leads past the proxy.
    expect(proxy.open).toBeLessThan(3);
    expect(node.status().peers).toBe(0);
    proxy.heal();
    const healedAt = Date.now();
    await until(() => isOnline(transport));
    expect(Date.now() - healedAt).toBeLessThan(BACK_AGAIN_MS);
  });

  test("a dial that hangs when the transport is closed: its socket is closed at once", async () => {
    const node = await start();
    const proxy = await proxyOf(node);
    proxy.swallowAfter(0);
    const transport = connect(node, proxy, 60_000);
    await until(() => proxy.swallowed === 1);
    await transport.close();
    await until(() => proxy.open === 0, 5_000);
  });
});

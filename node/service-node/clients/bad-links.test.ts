import "../../polyfills.ts";
import { afterEach, describe, expect, test } from "vitest";
import type { Transport, TransportHealth } from "../../../src/transport/port.ts";
import { createWakuTransport, type WakuTransportOptions } from "../../../src/transport/waku/waku-transport.ts";
import { type ServiceNode, startServiceNode } from "../service-node.ts";
import { type BadProxy, startBadProxy } from "../testing/bad-link/bad-proxy.ts";
import { startDeafServiceNode } from "../testing/deaf-service-node.ts";
import { type Participant, participant } from "../testing/participants.ts";

const TOPIC = "/hearback/1/bad-links-test/proto";
/** A deaf service node finds out after some 13 s, and pushes then: what comes before was read. */
const READ_WITHIN_MS = 9_000;
/** Far above what it takes, far below the minute after which a service node is asked by habit. */
const SOON_MS = 25_000;
const LOOK_EVERY_MS = 3_000;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

async function proxyTo(port: number): Promise<BadProxy> {
  const proxy = await startBadProxy(port);
  cleanups.push(() => proxy.stop());
  return proxy;
}

async function start(): Promise<ServiceNode> {
  const node = await startServiceNode({ port: 0, clusterId: 42, shards: 8 });
  cleanups.push(() => node.stop());
  return node;
}

async function until(condition: () => boolean, timeout = SOON_MS): Promise<void> {
  await expect.poll(condition, { timeout, interval: 5 }).toBe(true);
}

/** Ada, who reaches the node directly, and Bob behind the proxy, who know each other. */
async function pair(direct: string, proxied: string): Promise<readonly [Participant, Participant]> {
  const ada = await participant("Ada", [direct]);
  cleanups.push(() => ada.close());
  const bob = await participant("Bob", [proxied], ada.inviteCode);
  cleanups.push(() => bob.close());
  await ada.say("hello");
  await bob.has("hello", SOON_MS);
  return [ada, bob];
}

/** Bob's connection is not online, and then it is. */
async function untilBack(bob: Participant, change: () => void): Promise<void> {
  const seen: string[] = [];
  const stop = bob.client.watchStatus(({ connection }) => seen.push(connection));
  await until(() => seen.at(-1) === "online");
  const before = seen.length;
  change();
  await until(() => seen.length > before && seen.at(-1) === "online");
  stop();
}

describe("a client that changed its network", () => {
  test("reads what its service node pushes into the old connection, every three seconds, until it is pushed to again", async () => {
    const { libp2p, reads } = await startDeafServiceNode();
    cleanups.push(async () => libp2p.stop());
    const direct = libp2p.getMultiaddrs().map(String)[0] ?? "";
    const proxy = await proxyTo(Number(/tcp\/(\d+)/.exec(direct)?.[1]));
    const [ada, bob] = await pair(direct, direct.replace(/tcp\/\d+/, `tcp/${proxy.port}`));
    const total = () => [...reads.values()].reduce((sum, count) => sum + count, 0);
    await untilBack(bob, () => proxy.changeNetwork());
    const [readsBefore, backAt] = [total(), performance.now()];
    for (const word of ["one", "two"]) {
      await ada.say(word);
      // Its habit is to ask once a minute.
      await bob.has(word, READ_WITHIN_MS);
    }
    const looks = Math.ceil((performance.now() - backAt) / LOOK_EVERY_MS);
    // The SDK asks on until a page is empty: two requests a read. One read more began with the connection.
    expect(total() - readsBefore).toBeGreaterThan(0);
    expect(total() - readsBefore).toBeLessThanOrEqual(2 * (looks + 1));
  }, 90_000);

  test("is pushed to over the new connection by our service node", async () => {
    const node = await start();
    const proxy = await proxyTo(node.port);
    const [ada, bob] = await pair(node.multiaddr, node.multiaddr.replace(/tcp\/\d+/, `tcp/${proxy.port}`));
    await untilBack(bob, () => proxy.changeNetwork());
    await ada.say("one");
    await bob.has("one", SOON_MS);
    await ada.everyoneHas("one", 1, SOON_MS);
  }, 90_000);
});

describe("a link that says nothing", () => {
  /** Behind the proxy, with all health that it told. */
  async function connect(node: ServiceNode, proxy: BadProxy, options: Partial<WakuTransportOptions> = {}) {
    const multiaddrs = [node.multiaddr.replace(/tcp\/\d+/, `tcp/${proxy.port}`)];
    const transport: Transport = createWakuTransport({ network: { clusterId: 42, shards: 8, multiaddrs }, ...options });
    cleanups.push(() => transport.close());
    const kinds: TransportHealth["kind"][] = [];
    transport.onHealth(({ kind }) => kinds.push(kind));
    transport.subscribe(TOPIC, () => undefined);
    await until(() => transport.health().kind === "online");
    return { transport, kinds };
  }

  test("and goes on after a while is being checked meanwhile, and keeps its connection", async () => {
    const node = await start();
    const proxy = await proxyTo(node.port);
    const { transport, kinds } = await connect(node, proxy);
    proxy.stall();
    await until(() => transport.health().kind === "checking");
    expect(transport.health()).toEqual({ kind: "checking", peers: 1 });
    proxy.heal();
    await until(() => transport.health().kind === "online");
    expect(kinds.slice(kinds.indexOf("online"))).toEqual(["online", "checking", "online"]);
    expect(proxy.accepted).toBe(1);
  }, 60_000);

  test("and never will is being checked, then dropped and dialed anew", async () => {
    const node = await start();
    const proxy = await proxyTo(node.port);
    const { transport, kinds } = await connect(node, proxy, { silenceTimeoutMs: 4_000 });
    proxy.swallowOpen();
    await until(() => kinds.includes("checking"));
    await until(() => transport.health().kind === "online" && proxy.accepted > 1);
    const since = kinds.slice(kinds.indexOf("checking"));
    expect([since[0], since.at(-1), proxy.open]).toEqual(["checking", "online", 1]);
  }, 60_000);
});

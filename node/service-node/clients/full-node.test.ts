import "../../polyfills.ts";
import { afterEach, expect, test } from "vitest";
import type { Transport } from "../../../src/transport/port.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import { startServiceNode } from "../service-node.ts";

const SOON_MS = 15_000;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

function connect(multiaddr: string): Transport {
  const transport = createWakuTransport({ network: { clusterId: 42, shards: 8, multiaddrs: [multiaddr] } });
  cleanups.push(() => transport.close());
  return transport;
}

const reasonOf = (transport: Transport) => {
  const health = transport.health();
  return health.kind === "offline" ? health.reason : health.kind;
};

test("a full node is said to be full, one that is not there is not, and who leaves makes room", async () => {
  const node = await startServiceNode({ port: 0, clusterId: 42, shards: 8, limits: { connections: 2 } });
  cleanups.push(() => node.stop());
  const [first, second] = [connect(node.multiaddr), connect(node.multiaddr)];
  await expect.poll(() => [first, second].map(reasonOf), { timeout: SOON_MS }).toEqual(["online", "online"]);
  const third = connect(node.multiaddr);
  const full = `the service node at 127.0.0.1:${node.port} is full, or takes nobody just now; trying again`;
  await expect.poll(() => reasonOf(third), { timeout: SOON_MS }).toBe(full);
  expect([first, second].map(reasonOf)).toEqual(["online", "online"]);
  await first.close();
  await expect.poll(() => reasonOf(third), { timeout: SOON_MS }).toBe("online");
  await node.stop();
  const gone = `the service node at 127.0.0.1:${node.port} does not answer; is it running?`;
  await expect.poll(() => reasonOf(third), { timeout: SOON_MS }).toBe(gone);
}, 90_000);

import "../polyfills.ts";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startServiceNode } from "./service-node.ts";
import { participant } from "./testing/participants.ts";
import { freePort, ServiceNodeProcess } from "./testing/service-node-process.ts";

const TIMEOUT_MS = 120_000;
const SOON_MS = 30_000;
const cleanups: (() => Promise<unknown>)[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hearback-mesh-"));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
  await rm(folder, { recursive: true });
});

function run(name: string, ...args: string[]): ServiceNodeProcess {
  const node = new ServiceNodeProcess([...args, "--key-file", join(folder, name)]);
  cleanups.push(() => node.stop("SIGKILL"));
  return node;
}

async function joins(name: string, multiaddr: string, inviteCode?: string) {
  const member = await participant(name, [multiaddr], inviteCode);
  cleanups.push(() => member.close());
  return member;
}

describe("two service nodes in a mesh", () => {
  test(
    "a participant at each reads and acks the other; a node that comes back is found again",
    async () => {
      const [port, tcpPort] = [await freePort(), await freePort()];
      const first = () => run("first", "--port", String(port), "--tcp-port", String(tcpPort));
      const before = first();
      const firstAddress = await before.ready();
      const [, tcpAddress = ""] = await before.said(new RegExp(`also at (/ip4/127.0.0.1/tcp/${tcpPort}/p2p/\\S+)`));
      const second = run("second", "--port", "0", "--peer", tcpAddress);
      const secondAddress = await second.ready();
      await second.said(/relay \S+ connected/);
      expect(secondAddress.split("/p2p/")[1]).not.toBe(firstAddress.split("/p2p/")[1]);
      expect((await stat(join(folder, "first"))).mode & 0o077).toBe(0);

      const alice = await joins("Alice", firstAddress);
      const bob = await joins("Bob", secondAddress, alice.inviteCode);
      await bob.say("hello from Bob");
      await alice.has("hello from Bob", SOON_MS);
      await alice.say("hello from Alice");
      await alice.everyoneHas("hello from Alice", 1, SOON_MS);
      await bob.say("do you read me?");
      await bob.everyoneHas("do you read me?", 1, SOON_MS);

      await before.stop("SIGKILL");
      await second.said(/relay \S+ lost/);
      await bob.say("said while the first node was away");
      await first().ready();
      await second.said(/relay \S+ lost[\s\S]*relay \S+ connected/);
      await alice.say("the first node is back");
      await alice.everyoneHas("the first node is back", 1, SOON_MS);
      await bob.everyoneHas("said while the first node was away", 1, SOON_MS);
    },
    TIMEOUT_MS,
  );

  test(
    "says so when a peer's address is malformed or its own",
    async () => {
      const start = (peer: string) => startServiceNode({ port: 0, clusterId: 42, shards: 8, peers: [peer] });
      const node = await startServiceNode({ port: 0, clusterId: 42, shards: 8 });
      cleanups.push(() => node.stop());
      await expect(start("localhost:8645")).rejects.toThrow(/"localhost:8645" is no multiaddr/);
      await expect(start(node.multiaddr)).rejects.toThrow(/own peer id: give one of the two a key/);
    },
    TIMEOUT_MS,
  );
});

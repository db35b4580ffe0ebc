import "../../polyfills.ts";
import { multiaddr } from "@multiformats/multiaddr";
import { afterEach, expect, test } from "vitest";
import { createSeededRandom } from "../../../src/runtime/seeded-random.ts";
import { createPingStream, PING_CODEC } from "../../../src/transport/waku/liveness/ping-stream.ts";
import { startScriptedServiceNode } from "../testing/scripted-service-node.ts";
import { PeerPulse } from "./peer-pulse.ts";

const SOON_MS = 10_000;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

/** A node with a pulse, and a peer that is connected to it. */
async function bench(answerTimeoutMs = 20_000) {
  const [node, peer] = [await startScriptedServiceNode({}), await startScriptedServiceNode({})];
  const time = { ms: 1_000_000 };
  const pulse = new PeerPulse({ libp2p: node, now: () => time.ms, answerTimeoutMs });
  await pulse.start();
  cleanups.push(
    () => node.stop(),
    () => peer.stop(),
    () => pulse.stop(),
  );
  const connection = await peer.dial(multiaddr(node.getMultiaddrs()[0]?.toString()));
  await expect.poll(() => node.getConnections().length, { timeout: SOON_MS }).toBe(1);
  const asked: number[] = [];
  const handle = (answers: boolean) =>
    peer.handle(PING_CODEC, ({ stream }) => {
      asked.push(time.ms);
      if (answers) void stream.sink(stream.source).catch(() => undefined);
    });
  return { node, peer, pulse, time, connection, asked, handle };
}

test("pings are answered over one stream, again and again", async () => {
  const { connection } = await bench();
  const pings = createPingStream(connection, createSeededRandom(1));
  for (let turn = 0; turn < 5; turn++) await pings.ping();
  expect(connection.streams.filter(({ protocol }) => protocol === PING_CODEC)).toHaveLength(1);
  pings.close();
});

test("a peer of whom nothing was heard for long is asked, once; one that pinged lately is not", async () => {
  const { node, pulse, time, connection, asked, handle } = await bench();
  await handle(true);
  time.ms += 44_999;
  pulse.sweep();
  const pings = createPingStream(connection, createSeededRandom(1));
  await pings.ping();
  pings.close();
  time.ms += 44_999;
  pulse.sweep();
  time.ms += 1;
  pulse.sweep();
  pulse.sweep();
  await expect.poll(() => asked, { timeout: SOON_MS }).toEqual([1_089_999]);
  // It answered, so it is left alone for as long again.
  await expect
    .poll(() => node.getConnections()[0]?.streams.filter(({ protocol }) => protocol === PING_CODEC).length)
    .toBe(0);
  time.ms += 44_999;
  pulse.sweep();
  expect([asked.length, node.getConnections().length]).toEqual([1, 1]);
});

test("one that does not know pings answers as well", async () => {
  const { node, pulse, time } = await bench();
  time.ms += 45_000;
  pulse.sweep();
  await expect.poll(() => node.getConnections()[0]?.streams.length, { timeout: SOON_MS }).toBe(0);
  expect(node.getConnections()).toHaveLength(1);
});

test("one that does not answer is gone, and its connection ends", async () => {
  const { node, pulse, time, handle } = await bench(200);
  await handle(false);
  time.ms += 45_000;
  pulse.sweep();
  await expect.poll(() => node.getConnections().length, { timeout: SOON_MS }).toBe(0);
});

test("one that answered is asked again after the next long silence, and not ended by the limit of the first question", async () => {
  const { node, pulse, time, asked, handle } = await bench(300);
  await handle(true);
  for (const count of [1, 2]) {
    time.ms += 45_000;
    pulse.sweep();
    await expect.poll(() => asked.length, { timeout: SOON_MS }).toBe(count);
    await expect
      .poll(() => node.getConnections()[0]?.streams.filter(({ protocol }) => protocol === PING_CODEC).length)
      .toBe(0);
    // It is heard by its answer: not asked before it was silent as long again.
    time.ms += 44_999;
    pulse.sweep();
    expect(asked.length).toBe(count);
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(node.getConnections()).toHaveLength(1);
});

test("a second stream of pings is answered beside the first", async () => {
  const { connection } = await bench();
  const [one, two] = [1, 2].map((seed) => createPingStream(connection, createSeededRandom(seed)));
  await one?.ping();
  await two?.ping();
  await one?.ping();
  one?.close();
  two?.close();
});

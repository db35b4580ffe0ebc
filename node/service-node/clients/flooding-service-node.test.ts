import "../../polyfills.ts";
import type { Libp2p } from "@libp2p/interface";
import { afterEach, describe, expect, test } from "vitest";
import type { Transport } from "../../../src/transport/port.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import { FILTER_SUBSCRIBE_CODEC, METADATA_CODEC, STORE_QUERY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { LOCAL_NETWORK } from "../../../src/transport/waku/wire/local-network.ts";
import { startFloodingSocket } from "../testing/flooding-socket.ts";
import { filterThatAnswers, startScriptedServiceNode } from "../testing/scripted-service-node.ts";

const PEER = LOCAL_NETWORK.multiaddrs[0]?.split("/").at(-1);
const TOPIC = "/hearback/1/flood-test/proto";
const CHUNK_BYTES = 64 * 1024;
/** What is on its way between two sockets of this machine when one of them is closed. */
const IN_BUFFERS = 16 * 1024 * 1024;
/** A service node that is only lost is dialled anew within this time, many times. */
const LONG_MS = 3_000;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function connectTo(multiaddrs: readonly string[]): Transport {
  const transport = createWakuTransport({ network: { clusterId: 42, shards: 8, multiaddrs: [...multiaddrs] } });
  cleanups.push(() => transport.close());
  transport.subscribe(TOPIC, () => undefined);
  return transport;
}

/** A service node that answers this protocol with zeros without end; tells how many bytes it got rid of, and how often it was dialled. */
async function startFlood(codec: string): Promise<{ libp2p: Libp2p; sent: () => number; dialled: () => number }> {
  const libp2p = await startScriptedServiceNode({ [FILTER_SUBSCRIBE_CODEC]: filterThatAnswers(() => 200) });
  cleanups.push(() => libp2p.stop());
  let [sent, dialled] = [0, 0];
  libp2p.addEventListener("connection:open", () => dialled++);
  await libp2p.unhandle(codec);
  await libp2p.handle(codec, ({ stream }) => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      while (true) {
        // Frames of no length: whoever reads one of them reads the next one too.
        yield new Uint8Array(CHUNK_BYTES);
        sent += CHUNK_BYTES;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    void stream.sink(endless()).catch(() => undefined);
  });
  return { libp2p, sent: () => sent, dialled: () => dialled };
}

const isLeftAlone = (transport: Transport): boolean => {
  const health = transport.health();
  return health.kind === "offline" && health.reason.includes("left alone for some minutes");
};
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function readHistory(transport: Transport): Promise<string> {
  try {
    for await (const _page of transport.queryHistory({ contentTopic: TOPIC, by: "time", from: 0, to: 9 }));
    return "read";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("a service node that sends without end", () => {
  test("before any handshake is cut off and left alone: some kilobytes are taken, not gigabytes", async () => {
    const flood = await startFloodingSocket();
    cleanups.push(() => flood.stop());
    const transport = connectTo([`/ip4/127.0.0.1/tcp/${flood.port}/ws/p2p/${PEER}`]);
    await expect.poll(() => isLeftAlone(transport), { timeout: 15_000 }).toBe(true);
    const accepted = flood.accepted;
    await wait(LONG_MS);
    expect([flood.accepted, isLeftAlone(transport)]).toEqual([accepted, true]);
    expect(flood.sentBytes).toBeLessThan(accepted * IN_BUFFERS);
  });

  test.each([METADATA_CODEC, FILTER_SUBSCRIBE_CODEC])("as its answer to %s: the same", async (codec) => {
    const { libp2p, sent, dialled } = await startFlood(codec);
    const transport = connectTo(libp2p.getMultiaddrs().map(String));
    await expect.poll(() => isLeftAlone(transport), { timeout: 15_000 }).toBe(true);
    const before = dialled();
    await wait(LONG_MS);
    expect(dialled()).toBe(before);
    expect(sent()).toBeLessThan(before * IN_BUFFERS);
  });

  test("as its answer to a question for history: that ends with words, and the same", async () => {
    const { libp2p, sent, dialled } = await startFlood(STORE_QUERY_CODEC);
    const transport = connectTo(libp2p.getMultiaddrs().map(String));
    await expect.poll(() => transport.health().kind, { timeout: 15_000 }).toBe("online");
    expect(await readHistory(transport)).toBe("rejected");
    await expect.poll(() => isLeftAlone(transport), { timeout: 15_000 }).toBe(true);
    const before = dialled();
    await wait(LONG_MS);
    expect(dialled()).toBe(before);
    expect(sent()).toBeLessThan(before * IN_BUFFERS);
  });
});

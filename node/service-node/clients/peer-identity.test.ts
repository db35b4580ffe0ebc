import "../../polyfills.ts";
import { noise } from "@chainsafe/libp2p-noise";
import { generateKeyPair } from "@libp2p/crypto/keys";
import type { ConnectionGater, Libp2p } from "@libp2p/interface";
import { mplex } from "@libp2p/mplex";
import { webSockets } from "@libp2p/websockets";
import { multiaddr as parse } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { afterEach, describe, expect, test } from "vitest";
import type { InboundFrame, OutboundFrame, Transport } from "../../../src/transport/port.ts";
import { connectionRules } from "../../../src/transport/waku/dialling/connection-rules.ts";
import { dialServiceNode } from "../../../src/transport/waku/dialling/dial.ts";
import { nodesAndClients } from "../testing/nodes-and-clients.ts";

const TOPIC = "/hearback/1/peer-identity-test/proto";
const { start, connect, atEnd, end } = nodesAndClients();

afterEach(end);

/** libp2p alone, without the SDK. */
async function libp2pWith(connectionGater: ConnectionGater): Promise<Libp2p> {
  const libp2p = await createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [mplex()],
    connectionGater,
  });
  atEnd(async () => libp2p.stop());
  return libp2p;
}

/** The address of a service node that was there, where another one now answers. */
async function takenOver(): Promise<string> {
  const { multiaddr, port, stop } = await start();
  await stop();
  await start({ port, privateKey: await generateKeyPair("secp256k1") });
  return multiaddr;
}

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

describe("an address that names a peer", () => {
  test("a service node of another identity is not used, the reason says so, and the right one is taken back", async () => {
    const invited = await start();
    const { multiaddr, port } = invited;
    const client = connect(multiaddr);
    const heard = listen(client);
    await until(() => isOnline(client));
    await invited.stop();
    const other = await start({ port, privateKey: await generateKeyPair("secp256k1") });
    const latecomer = connect(multiaddr);
    for (const transport of [client, latecomer]) {
      await until(() => JSON.stringify(transport.health()).includes("another node answers"));
      expect(transport.health()).toEqual({
        kind: "offline",
        reason: expect.stringMatching(`^another node answers at 127.0.0.1:${port}, not the one that the address names`),
      });
      await expect(transport.publish(frameOf(1))).rejects.toMatchObject({ code: "offline" });
    }
    await until(() => other.status().peers === 0);
    await other.stop();
    // The right one again: nothing that was learnt of the other stands in the way.
    await start({ port });
    await until(() => isOnline(client) && isOnline(latecomer));
    await latecomer.publish(frameOf(2));
    await until(() => heard.length === 1);
  }, 30_000);

  test("whoever dials it, no connection to another is made", async () => {
    const multiaddr = await takenOver();
    const libp2p = await libp2pWith(connectionRules({ clusterId: 42, shards: 8, multiaddrs: [multiaddr] }));
    const opened: unknown[] = [];
    libp2p.addEventListener("connection:open", ({ detail }) => opened.push(detail));
    await expect(libp2p.dial(parse(multiaddr))).rejects.toMatchObject({ name: "AnotherNodeError" });
    expect(opened).toEqual([]);
  });

  test("a connection to another that is there already is closed", async () => {
    const multiaddr = await takenOver();
    const libp2p = await libp2pWith({});
    const connection = await libp2p.dial(parse(multiaddr));
    const again = dialServiceNode(libp2p, multiaddr, AbortSignal.timeout(5_000));
    await expect(again).rejects.toThrow("another node answers at");
    expect(connection.status).toBe("closed");
  });
});

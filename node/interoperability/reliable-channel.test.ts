import "../polyfills.ts";
import { bootstrap } from "@libp2p/bootstrap";
import type { IWaku } from "@waku/interfaces";
import { createDecoder, createEncoder } from "@waku/message-encryption/symmetric";
import { createLightNode, Protocols, ReliableChannel } from "@waku/sdk";
import { createRoutingInfo } from "@waku/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChannelClient, ChannelSnapshot, MessageView } from "../../src/channel/api/channel-client.ts";
import type { ChannelHost } from "../../src/channel/api/channel-host.ts";
import { createChannelHost } from "../../src/channel/host/host.ts";
import { decodeEnvelope } from "../../src/identity/authors/envelope-codec.ts";
import { parseInvite } from "../../src/identity/joining/invite.ts";
import { contentTopicOf } from "../../src/identity/secrecy/content-topic.ts";
import { createMemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import { createWakuTransport } from "../../src/transport/waku/waku-transport.ts";
import { type ServiceNode, startServiceNode } from "../service-node/service-node.ts";

/**
 * A plain client of @waku/sdk's ReliableChannel and ours, in one channel of profile "sds", over a real service node:
 * each reads what the other says, and each learns that the other has it.
 */
const PLAIN_SENDER = "plain-sds-client";

async function until<T>(what: string, found: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const result = await found();
    if (result) return result;
    if (Date.now() > end) throw new Error(`Waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * After `ReliableChannel.stop` a message that is still on its way starts the sync timer anew; what that does then rejects with
 * nobody to hear it, and a run of which all tests passed ends as failed.
 */
function stopForGood(channel: { stop(): void }): void {
  channel.stop();
  // Without an interval it sets no timer any more.
  if (!Reflect.has(channel, "syncMinIntervalMs"))
    throw new Error("ReliableChannel keeps its sync interval elsewhere now.");
  Reflect.set(channel, "syncMinIntervalMs", 0);
}

async function startPlainClient(service: ServiceNode, invite: string) {
  const { key, id } = parseInvite(invite);
  const networkConfig = { clusterId: 42, numShardsInCluster: 8 };
  const node = await createLightNode({
    defaultBootstrap: false,
    networkConfig,
    numPeersToUse: 1,
    libp2p: {
      hideWebSocketInfo: true,
      filterMultiaddrs: false,
      peerDiscovery: [bootstrap({ list: [service.multiaddr], timeout: 0 })],
    },
  });
  await node.start();
  await node.waitForPeers([Protocols.LightPush, Protocols.Filter, Protocols.Store]);
  const contentTopic = contentTopicOf(key);
  const routingInfo = createRoutingInfo(networkConfig, { contentTopic });
  const channel = await ReliableChannel.create(
    // A light node is one: its `relay` is undefined, which the type of the SDK writes in another way.
    node as unknown as IWaku,
    Buffer.from(id).toString("base64url"),
    PLAIN_SENDER,
    createEncoder({ contentTopic, routingInfo, symKey: key }),
    createDecoder(contentTopic, routingInfo, key),
    { syncMinIntervalMs: 500, sweepInBufIntervalMs: 200, retryIntervalMs: 5_000, processTaskMinElapseMs: 50 },
  );
  const received: Uint8Array[] = [];
  const acknowledged = new Set<string>();
  channel.addEventListener("message-received", (event) => received.push(event.detail.payload));
  channel.addEventListener("message-acknowledged", (event) => acknowledged.add(event.detail));
  return {
    ...{ channel, received, acknowledged },
    stop: async () => {
      stopForGood(channel);
      await node.filter.unsubscribeAll();
      await node.stop();
    },
  };
}

function chats({ page }: ChannelSnapshot): MessageView[] {
  return page.entries.flatMap((entry) => (entry.kind === "message" && entry.type === "chat" ? [entry] : []));
}

describe("a plain ReliableChannel client in a channel of profile sds", () => {
  let service: ServiceNode;
  let host: ChannelHost;
  let ours: ChannelClient;
  let plain: Awaited<ReturnType<typeof startPlainClient>>;

  beforeAll(async () => {
    service = await startServiceNode({ port: 0, clusterId: 42, shards: 8 });
    host = createChannelHost({
      storage: createMemoryStorage(),
      openTransport: (network) => createWakuTransport({ network }),
    });
    const channel = await host.create({
      ...{ name: "Mixed", displayName: "Ada", profile: "sds", multiaddrs: [service.multiaddr] },
      parameters: { ackWindowMs: 200, idleSyncMinMs: 500, resendFirstMs: 2_000 },
    });
    ours = host.open(channel.id);
    plain = await startPlainClient(service, channel.inviteCode);
  });

  afterAll(async () => {
    await plain?.stop();
    await host?.close();
    await service?.stop();
  });

  it("reads what we say: our envelope, with the text in it", { timeout: 90_000 }, async () => {
    await ours.send({ requestId: "from-us", type: "chat", text: "hello, plain client" });
    const texts = () =>
      plain.received.map((payload) => new TextDecoder().decode(decodeEnvelope(payload)?.body ?? new Uint8Array()));
    await until("our message at the plain client", async () => texts().includes("hello, plain client"));
  });

  it("is read by us, as an unsigned message of an unverified participant", { timeout: 90_000 }, async () => {
    plain.channel.send(new TextEncoder().encode("hello from plain SDS"));
    const message = await until("its message here", async () =>
      chats(await ours.snapshot()).find(({ text }) => text === "hello from plain SDS"),
    );
    expect(message).toMatchObject({ author: PLAIN_SENDER, signed: false, mine: false });
  });

  it("gets our ack for its message", { timeout: 90_000 }, async () => {
    const id = plain.channel.send(new TextEncoder().encode("do you have this?"));
    await until("our ack at the plain client", async () => plain.acknowledged.has(id));
  });

  it("acks ours: shown as unverified, never as a named receipt", { timeout: 90_000 }, async () => {
    const { id } = await ours.send({ requestId: "ack-me", type: "chat", text: "and do you have this?" });
    const details = await until("its word for our message", async () => {
      plain.channel.send(new TextEncoder().encode(`naming what I saw ${Math.random()}`));
      const found = await ours.details(id);
      return found.evidence.length > 0 && found;
    });
    expect(details.evidence).toMatchObject([{ participant: PLAIN_SENDER, signed: false, how: "listed" }]);
    expect(details.delivery.received).toEqual([]);
    expect(details.delivery.state.kind).not.toMatch(/received|everyone|level/);
  });
});

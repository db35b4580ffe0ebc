import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { identify } from "@libp2p/identify";
import type { PrivateKey } from "@libp2p/interface";
import { mplex } from "@libp2p/mplex";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { all } from "@libp2p/websockets/filters";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import {
  FILTER_SUBSCRIBE_CODEC,
  LIGHTPUSH_CODEC,
  LIGHTPUSH_V2_CODEC,
  METADATA_CODEC,
  STORE_QUERY_CODEC,
} from "../../src/transport/waku/codecs.ts";
import { type ShardingRule, type WakuMessage, wakuMessageHash } from "../../src/transport/waku/wire.ts";
import { FilterService, shortPeer } from "./filter.ts";
import { serveRequests } from "./framing.ts";
import { localIdentity } from "./identity.ts";
import { lightpushHandler, lightpushV2Handler } from "./lightpush.ts";
import { MemoryMessageStore } from "./memory-message-store.ts";
import type { MessageStore } from "./message-store.ts";
import { metadataHandler } from "./metadata.ts";
import { Relay, relayService } from "./relay.ts";
import { storeQueryHandler } from "./store-query.ts";
import { TrafficSummary } from "./traffic-summary.ts";

/** What identify announces; the probe knows our nodes by it. */
export const AGENT_VERSION = "hearback-service-node/0.1";

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const MAX_CONNECTIONS = 1000;
const SHORTEST_PING_TIMEOUT_MS = 8_000;

export interface ServiceNodeOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free port, see `multiaddr`. */
  readonly port: number;
  readonly clusterId: number;
  /** Shards in the cluster; the node serves all of them. */
  readonly shards: number;
  /** Default: the well-known local identity. */
  readonly privateKey?: PrivateKey;
  /** Default: a memory store with its default limits. `false`: no Store service. */
  readonly store?: MessageStore | false;
  /** Other relays to connect to at start, as multiaddrs. */
  readonly peers?: readonly string[];
  /** Receives one line per event worth a line. Default: silence. */
  readonly log?: (line: string) => void;
}

export interface ServiceNode {
  /** `/ip4/HOST/tcp/PORT/ws/p2p/PEER`. */
  readonly multiaddr: string;
  readonly peerId: string;
  readonly port: number;
  /** The message store in use; `undefined` if the node serves none. */
  readonly store: MessageStore | undefined;
  /** Closes every connection and the listener. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a Waku service node: relay, filter, lightpush (v3 and v2), Store v3 and metadata over WebSockets.
 * @throws when it cannot listen (the error's text then holds `EADDRINUSE` if the port is taken).
 */
export async function startServiceNode(options: ServiceNodeOptions): Promise<ServiceNode> {
  const rule: ShardingRule = { clusterId: options.clusterId, shards: options.shards };
  const log = options.log ?? (() => undefined);
  const store = options.store === false ? undefined : (options.store ?? new MemoryMessageStore());
  const libp2p = await createNode(options);
  const filter = new FilterService(libp2p, rule, log);
  const relay = new Relay(libp2p.services.pubsub, libp2p.peerId);
  const traffic = new TrafficSummary(log);

  const onMessage = (pubsubTopic: string, message: WakuMessage): void => {
    if (!message.ephemeral) {
      archive(store, pubsubTopic, message);
    }
    traffic.count(message.payload.length, filter.push(pubsubTopic, message));
  };
  const publish = (pubsubTopic: string, message: WakuMessage) => relay.publish(pubsubTopic, message);

  const stop = async (): Promise<void> => {
    traffic.stop();
    filter.stop();
    await libp2p.stop();
    store?.close();
  };
  try {
    await serveRequests(libp2p, METADATA_CODEC, metadataHandler(rule.clusterId, rule.shards));
    await serveRequests(libp2p, FILTER_SUBSCRIBE_CODEC, filter.handler);
    await serveRequests(libp2p, LIGHTPUSH_CODEC, lightpushHandler(rule, publish));
    await serveRequests(libp2p, LIGHTPUSH_V2_CODEC, lightpushV2Handler(rule, publish));
    if (store !== undefined) {
      await serveRequests(libp2p, STORE_QUERY_CODEC, storeQueryHandler(store));
    }
    logPeers(libp2p, log);
    await libp2p.start();
    relay.start(rule, onMessage);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  for (const peer of options.peers ?? []) {
    libp2p.dial(multiaddr(peer)).catch((error: unknown) => log(`cannot reach ${peer}: ${String(error)}`));
  }
  return describe(libp2p, store, once(stop));
}

type Node = Awaited<ReturnType<typeof createNode>>;

function createNode(options: ServiceNodeOptions) {
  const host = options.host ?? "127.0.0.1";
  const family = host.includes(":") ? "ip6" : "ip4";
  return createLibp2p({
    // Handlers come first, so that the first identify already lists every protocol.
    start: false,
    privateKey: options.privateKey ?? localIdentity(),
    addresses: { listen: [`/${family}/${host}/tcp/${options.port}/ws`] },
    transports: [webSockets({ filter: all })],
    connectionEncrypters: [noise()],
    // js clients bring mplex only, go clients yamux only.
    streamMuxers: [yamux(), mplex({ disconnectThreshold: 10_000 })],
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      // All local tabs share one address and come back at once after a restart; the default admits five a second.
      inboundConnectionThreshold: MAX_CONNECTIONS,
      maxIncomingPendingConnections: MAX_CONNECTIONS,
    },
    connectionMonitor: { pingTimeout: { minTimeout: SHORTEST_PING_TIMEOUT_MS } },
    services: {
      identify: identify({ agentVersion: AGENT_VERSION }),
      ping: ping({ maxInboundStreams: 32 }),
      pubsub: relayService(),
    },
  });
}

function archive(store: MessageStore | undefined, pubsubTopic: string, message: WakuMessage): void {
  store?.insert({
    hash: wakuMessageHash(message, pubsubTopic),
    pubsubTopic,
    message,
    timestamp: message.timestamp ?? BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND,
  });
}

function logPeers(libp2p: Node, log: (line: string) => void): void {
  libp2p.addEventListener("peer:connect", (event) => {
    log(`peer ${shortPeer(event.detail.toString())} connected, ${libp2p.getPeers().length} in all`);
  });
  libp2p.addEventListener("peer:disconnect", (event) => {
    log(`peer ${shortPeer(event.detail.toString())} left, ${libp2p.getPeers().length} in all`);
  });
}

function describe(libp2p: Node, store: MessageStore | undefined, stop: () => Promise<void>): ServiceNode {
  const address = libp2p.getMultiaddrs()[0];
  if (address === undefined) {
    throw new Error("the service node has no address to be reached at; give --host an address of this machine");
  }
  return {
    multiaddr: address.toString(),
    peerId: libp2p.peerId.toString(),
    port: address.toOptions().port,
    store,
    stop,
  };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}

import type { PrivateKey } from "@libp2p/interface";
import {
  FILTER_SUBSCRIBE_CODEC,
  LIGHTPUSH_CODEC,
  LIGHTPUSH_V2_CODEC,
  METADATA_CODEC,
  STORE_QUERY_CODEC,
} from "../../src/transport/waku/wire/codecs.ts";
import type { ShardingRule, WakuMessage } from "../../src/transport/waku/wire/wire.ts";
import { DEFAULT_LIMITS, type ServiceLimits } from "./limits/limits.ts";
import { RateLimiter } from "./limits/rate-limiter.ts";
import { giveBackMemory } from "./peers/give-back-memory.ts";
import { localIdentity } from "./peers/identity.ts";
import { createServiceLibp2p, type ServiceLibp2p } from "./peers/libp2p-node.ts";
import { PeerLinks, parsePeers } from "./peers/peer-links.ts";
import { PeerPulse } from "./peers/peer-pulse.ts";
import { Relay } from "./peers/relay.ts";
import { FilterService, shortPeer } from "./services/filter.ts";
import { lightpushHandler, lightpushV2Handler } from "./services/lightpush.ts";
import { metadataHandler } from "./services/metadata.ts";
import { serveRequests } from "./services/serve-requests.ts";
import { storeQueryHandler } from "./services/store-query.ts";
import { Archive } from "./store/archive.ts";
import { MemoryMessageStore } from "./store/memory-message-store.ts";
import type { MessageStore } from "./store/message-store.ts";
import { type Traffic, TrafficSummary } from "./traffic-summary.ts";

export interface ServiceNodeOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** WebSocket port. 0: any free port, see `multiaddr`. */
  readonly port: number;
  /** Plain TCP port for other Waku nodes; 0: any free port, see `tcpMultiaddr`. Default: none. */
  readonly tcpPort?: number;
  readonly clusterId: number;
  /** Shards in the cluster; the node serves all of them. */
  readonly shards: number;
  /** Default: the well-known local identity. */
  readonly privateKey?: PrivateKey;
  /** Default: a memory store with its default limits. `false`: no Store service. Closed when the node stops. */
  readonly store?: MessageStore | false;
  /** Stored messages older than this are removed. Default: none are. */
  readonly maxAgeMs?: number;
  /** Other relays to stay connected to, as multiaddrs. */
  readonly peers?: readonly string[];
  /** Messages whose timestamp is further off this node's clock are refused. Default: they are taken, and logged. */
  readonly maxClockSkewMs?: number;
  readonly limits?: Partial<ServiceLimits>;
  /** Receives one line per event worth a line. Default: silence. */
  readonly log?: (line: string) => void;
}

export interface ServiceNodeStatus {
  readonly peers: number;
  /** Peers that speak relay. */
  readonly relays: number;
  readonly subscribers: number;
  readonly stored: { readonly messages: number; readonly bytes: number } | null;
  /** Since the start. */
  readonly traffic: Traffic;
}

export interface ServiceNode {
  /** `/ip4/HOST/tcp/PORT/ws/p2p/PEER`. */
  readonly multiaddr: string;
  /** `/ip4/HOST/tcp/PORT/p2p/PEER`; `undefined` if it does not listen there. */
  readonly tcpMultiaddr: string | undefined;
  /** All addresses, the two above among them; more when the host is 0.0.0.0. */
  readonly multiaddrs: readonly string[];
  readonly peerId: string;
  readonly port: number;
  /** The message store in use; `undefined` if the node serves none. */
  readonly store: MessageStore | undefined;
  status(): ServiceNodeStatus;
  /** Closes every connection, the listeners and the store. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a Waku service node: relay, filter, lightpush (v3 and v2), Store v3 and metadata over WebSockets and TCP.
 * @throws when it cannot listen (the error's text then holds `EADDRINUSE` if the port is taken), or when an address in
 *   `peers` is malformed or its own. The store is closed then.
 */
export async function startServiceNode(options: ServiceNodeOptions): Promise<ServiceNode> {
  const store = options.store === false ? undefined : (options.store ?? new MemoryMessageStore());
  try {
    return await start(options, store);
  } catch (error) {
    store?.close();
    throw error;
  }
}

async function start(options: ServiceNodeOptions, store: MessageStore | undefined): Promise<ServiceNode> {
  const { host = "127.0.0.1", port, tcpPort, maxClockSkewMs = Number.POSITIVE_INFINITY } = options;
  const rule: ShardingRule = { clusterId: options.clusterId, shards: options.shards };
  const limits: ServiceLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const log = options.log ?? (() => undefined);
  const libp2p = await createServiceLibp2p(
    { host, port, tcpPort, maxConnections: limits.connections },
    options.privateKey ?? localIdentity(),
  );
  const links = new PeerLinks(libp2p, parsePeers(options.peers ?? [], libp2p.peerId.toString()), log);
  const archive = store && new Archive(store, options.maxAgeMs ?? Number.POSITIVE_INFINITY, log);
  const filter = new FilterService(libp2p, rule, limits, log);
  const relay = new Relay(libp2p.services.pubsub, libp2p.peerId);
  const traffic = new TrafficSummary(log);
  const pulse = new PeerPulse({ libp2p });
  const stopGivingBack = giveBackMemory({ libp2p });

  const onMessage = (pubsubTopic: string, message: WakuMessage): void => {
    archive?.add(pubsubTopic, message);
    traffic.count(message, filter.push(pubsubTopic, message));
  };
  const stop = async (): Promise<void> => {
    links.stop();
    pulse.stop();
    stopGivingBack();
    traffic.stop();
    filter.stop();
    await libp2p.stop();
    archive?.close();
  };
  const status = (): ServiceNodeStatus => ({
    peers: libp2p.getPeers().length,
    relays: libp2p.services.pubsub.getPeers().length,
    subscribers: filter.subscriberCount,
    stored: store === undefined ? null : { messages: store.size, bytes: store.bytes },
    traffic: traffic.total,
  });

  try {
    const publish = (pubsubTopic: string, message: WakuMessage) => relay.publish(pubsubTopic, message);
    const lightpush = { rule, publish, rate: new RateLimiter(limits.lightpush), maxClockSkewMs };
    await serveRequests(libp2p, METADATA_CODEC, metadataHandler(rule.clusterId, rule.shards));
    await serveRequests(libp2p, FILTER_SUBSCRIBE_CODEC, filter.handler);
    await serveRequests(libp2p, LIGHTPUSH_CODEC, lightpushHandler(lightpush));
    await serveRequests(libp2p, LIGHTPUSH_V2_CODEC, lightpushV2Handler(lightpush));
    if (store !== undefined) {
      const answer = storeQueryHandler(store, new RateLimiter(limits.store));
      await serveRequests(libp2p, STORE_QUERY_CODEC, (...request) => {
        traffic.countQuery();
        return answer(...request);
      });
    }
    await pulse.start();
    logPeers(libp2p, log);
    await libp2p.start();
    relay.start(rule, maxClockSkewMs, onMessage);
    links.start();
    return { ...addressesOf(libp2p), store, status, stop: once(stop) };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

function logPeers(libp2p: ServiceLibp2p, log: (line: string) => void): void {
  libp2p.addEventListener("peer:connect", (event) => {
    log(`peer ${shortPeer(event.detail.toString())} connected, ${libp2p.getPeers().length} in all`);
  });
  libp2p.addEventListener("peer:disconnect", (event) => {
    log(`peer ${shortPeer(event.detail.toString())} left, ${libp2p.getPeers().length} in all`);
  });
}

function addressesOf(libp2p: ServiceLibp2p) {
  const addresses = libp2p.getMultiaddrs();
  const isWebSocket = (address: (typeof addresses)[number]) => address.protoNames().includes("ws");
  const webSocket = addresses.find(isWebSocket);
  if (webSocket === undefined) {
    throw new Error("the service node has no address to be reached at; give --host an address of this machine");
  }
  return {
    multiaddr: webSocket.toString(),
    tcpMultiaddr: addresses.find((address) => !isWebSocket(address))?.toString(),
    multiaddrs: addresses.map(String),
    peerId: libp2p.peerId.toString(),
    port: webSocket.toOptions().port,
  };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}

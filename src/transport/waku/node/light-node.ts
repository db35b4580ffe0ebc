import { mplex } from "@libp2p/mplex";
import type { CreateNodeOptions, IFilter, IStore, IWaku } from "@waku/interfaces";
import { createLibp2pAndUpdateOptions, WakuNode } from "@waku/sdk";
import type { Clock } from "../../../runtime/port.ts";
import { connectionRules } from "../dialling/connection-rules.ts";
import type { LeftAlone } from "../dialling/left-alone.ts";
import { timedWebSockets } from "../dialling/timed-dials.ts";
import type { Arrivals } from "../liveness/arrivals.ts";
import type { WakuNetwork } from "../wire/local-network.ts";
import { networkConfigOf } from "../wire/wire.ts";
import { batchedWrites } from "./batched-writes.ts";
import { ensurePromiseWithResolvers } from "./promise-with-resolvers.ts";

/** Each message goes to this many service nodes, if there are so many. One that takes it is enough. */
const NODES_TO_USE = 2;
/** The longest interval that timers take; a longer one fires at once. */
const NEVER_MS = 2 ** 31 - 1;

/** A node of the SDK's with filter and Store, and without its lightpush. */
export interface LightNode extends Omit<IWaku, "filter" | "store"> {
  readonly filter: IFilter;
  readonly store: IStore;
}

export interface LightNodeOptions {
  readonly network: WakuNetwork;
  /** Each dial is given up after this long, whoever makes it. */
  readonly dialLimitMs: number;
  readonly clock: Clock;
  /** Notes what comes over its connections. */
  readonly arrivals: Arrivals;
  /** Told of who sends more than may be, and asked before each dial. */
  readonly leftAlone: LeftAlone;
}

/**
 * The Waku SDK's light node, started and connected to nobody; `ServiceLink` dials. Rejects if it cannot start. It is put together
 * as the SDK's `createLightNode` does it, but for lightpush, of which there is a client of our own: the SDK's looks into a queue
 * every second, and holds a stream of each of its two versions open to each service node.
 */
export async function startLightNode(options: LightNodeOptions): Promise<LightNode> {
  const { network, dialLimitMs, clock, arrivals, leftAlone } = options;
  // Nobody but us knows that libp2p runs in the program that uses the library.
  ensurePromiseWithResolvers();
  // A new object each time: the SDK writes into the options that it is given.
  const settings: CreateNodeOptions = {
    userAgent: "hearback",
    defaultBootstrap: false,
    networkConfig: networkConfigOf(network),
    numPeersToUse: NODES_TO_USE,
    libp2p: {
      hideWebSocketInfo: true,
      // The SDK's default also takes wss:// only; a service node on this machine has no certificate.
      transports: [timedWebSockets({ limitMs: dialLimitMs, clock, arrivals, leftAlone })],
      connectionGater: connectionRules(network),
      // The SDK's bootstrap waits a second before the first dial, and after a failed one up to a minute.
      peerDiscovery: [],
      // Streams that we gave up on may still receive; by default a few late frames would end the connection.
      streamMuxers: [batchedWrites(mplex({ disconnectThreshold: 10_000 }))],
      // `Pulse` pings. These open a stream each, and one of them ends a connection that stands still for eight seconds.
      connectionMonitor: { enabled: false },
      // It forgets peers of whom nothing was noted for six hours, connected or not, and what they speak: `noteProtocolsOnce` notes
      // nothing while all is well, and clocks are set. It lies in memory and knows the service nodes of one network.
      peerStore: { maxPeerAge: Number.POSITIVE_INFINITY },
    },
    connectionManager: { pingKeepAlive: 0, dialCooldown: 1, failedDialCooldown: 3 },
    // The SDK's own check gives up on a node after three failed pings only, tells nobody, and asks once per shard.
    filter: { numPeersToUse: NODES_TO_USE, keepAliveIntervalMs: NEVER_MS },
  };
  const libp2p = await createLibp2pAndUpdateOptions(settings);
  const node = new WakuNode(settings, libp2p, { filter: true, store: true, lightpush: false });
  await node.start();
  const { filter, store } = node;
  if (filter === undefined || store === undefined) throw new Error("@waku/sdk made a node without what was asked for.");
  return Object.assign(node, { filter, store });
}

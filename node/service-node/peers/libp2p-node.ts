import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { identify } from "@libp2p/identify";
import type { PrivateKey } from "@libp2p/interface";
import { mplex } from "@libp2p/mplex";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { all } from "@libp2p/websockets/filters";
import { createLibp2p } from "libp2p";
import { batchedWrites } from "../../../src/transport/waku/node/batched-writes.ts";
import { relayService } from "./relay.ts";

/** What identify announces. */
const AGENT_VERSION = "hearback-service-node/0.1";

/** In their handshakes, or in one second from one address. */
const PENDING_CONNECTIONS = 1_000;

export interface ListenOptions {
  readonly host: string;
  /** WebSocket port; 0: any free one. */
  readonly port: number;
  /** Plain TCP port, which other Waku nodes connect to; 0: any free one; `undefined`: none. */
  readonly tcpPort: number | undefined;
  readonly maxConnections: number;
}

export type ServiceLibp2p = Awaited<ReturnType<typeof createServiceLibp2p>>;

/** The libp2p host of a service node, not started. It dials over TCP as well, whether it listens there or not. */
export function createServiceLibp2p({ host, port, tcpPort, maxConnections }: ListenOptions, privateKey: PrivateKey) {
  const family = host.includes(":") ? "ip6" : "ip4";
  const listen = [`/${family}/${host}/tcp/${port}/ws`];
  if (tcpPort !== undefined) {
    listen.push(`/${family}/${host}/tcp/${tcpPort}`);
  }
  return createLibp2p({
    // Handlers come first, so that the first identify already lists every protocol.
    start: false,
    privateKey,
    addresses: { listen },
    transports: [webSockets({ filter: all }), tcp()],
    connectionEncrypters: [noise()],
    // js clients bring mplex only, go clients yamux only.
    streamMuxers: [batchedWrites(yamux()), batchedWrites(mplex({ disconnectThreshold: 10_000 }))],
    connectionManager: {
      maxConnections,
      // All local tabs share one address and come back at once after a restart; the default admits five a second.
      inboundConnectionThreshold: Math.max(PENDING_CONNECTIONS, maxConnections),
      maxIncomingPendingConnections: PENDING_CONNECTIONS,
    },
    // `PeerPulse` does.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify({ agentVersion: AGENT_VERSION }),
      pubsub: relayService(),
    },
  });
}

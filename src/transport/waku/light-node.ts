import type { Libp2p } from "@libp2p/interface";
import { defaultLibp2p } from "@waku/sdk";

/** A hidden tab or a loaded machine may answer late; below this, a slow ping is no reason to drop a connection. */
const SHORTEST_PING_TIMEOUT_MS = 8_000;
/** Also keeps a browser's service worker awake, which data on a WebSocket does when it comes every 20 s. */
const PING_INTERVAL_MS = 10_000;

/**
 * The SDK's libp2p for light clients: WebSockets, noise, mplex, identify, ping, metadata. It dials nothing by itself
 * (see `ServiceLink`). Options are made anew on each call, since the SDK writes into them.
 */
export async function createLightLibp2p(clusterId: number): Promise<Libp2p> {
  return (await defaultLibp2p(
    clusterId,
    {
      hideWebSocketInfo: true,
      // Without this only wss:// is dialed; a service node on this machine has no certificate.
      filterMultiaddrs: false,
      connectionMonitor: { pingInterval: PING_INTERVAL_MS, pingTimeout: { minTimeout: SHORTEST_PING_TIMEOUT_MS } },
    },
    "hearback",
  )) as unknown as Libp2p;
}

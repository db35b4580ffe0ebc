import { noise } from "@chainsafe/libp2p-noise";
import { identify } from "@libp2p/identify";
import type { Libp2p } from "@libp2p/interface";
import { mplex } from "@libp2p/mplex";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { all } from "@libp2p/websockets/filters";
import { createLibp2p } from "libp2p";
import { METADATA_CODEC } from "./codecs.ts";
import { answerMetadata } from "./metadata-exchange.ts";

/** A hidden tab or a loaded machine may answer late; below this, a slow ping is no reason to drop a connection. */
const SHORTEST_PING_TIMEOUT_MS = 8_000;
/** Also keeps a browser's service worker awake, which data on a WebSocket does when it comes every 20 s. */
const PING_INTERVAL_MS = 10_000;

/**
 * The libp2p of a Waku light client, set up as the Waku SDK does: WebSockets, noise, mplex, identify, ping, metadata. It
 * dials nothing by itself (see `ServiceLink`). Made here rather than by the SDK, whose one entry point brings a third
 * more code into every worker.
 */
export async function createLightLibp2p(clusterId: number): Promise<Libp2p> {
  const libp2p: Libp2p = await createLibp2p({
    start: false,
    // The default filter takes wss:// only; a service node on this machine has no certificate.
    transports: [webSockets({ filter: all })],
    connectionEncrypters: [noise()],
    // Streams that we gave up on may still receive; by default a few late frames would end the connection.
    streamMuxers: [mplex({ disconnectThreshold: 10_000 })],
    connectionMonitor: { pingInterval: PING_INTERVAL_MS, pingTimeout: { minTimeout: SHORTEST_PING_TIMEOUT_MS } },
    services: { identify: identify({ agentVersion: "hearback" }), ping: ping({ maxInboundStreams: 10 }) },
  });
  // Service nodes ask back, and drop a client that does not name their cluster.
  await libp2p.handle(METADATA_CODEC, answerMetadata(clusterId));
  await libp2p.start();
  return libp2p;
}

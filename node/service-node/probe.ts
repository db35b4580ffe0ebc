import { connect } from "node:net";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import type { Connection } from "@libp2p/interface";
import { mplex } from "@libp2p/mplex";
import { webSockets } from "@libp2p/websockets";
import { all } from "@libp2p/websockets/filters";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { LOCAL_NETWORK, type WakuNetwork } from "../../src/transport/waku/wire/local-network.ts";
import { queryMetadata } from "./services/metadata.ts";

const CONNECT_TIMEOUT_MS = 1_000;
const HANDSHAKE_TIMEOUT_MS = 4_000;

/**
 * `ours`: a service node with the expected identity, cluster and shards answers there and can be used.
 * `other`: the port is taken by something else. `free`: nothing listens.
 */
export type ProbeResult = "ours" | "other" | "free";

/**
 * Finds out who listens at a port of this machine (the local identity is expected there), or at a multiaddr, whose peer
 * id is then the expected identity. Takes at most about 5 s. Import node/polyfills.ts first.
 */
export async function probeServiceNode(
  target: string | number,
  network: Pick<WakuNetwork, "clusterId" | "shards"> = LOCAL_NETWORK,
): Promise<ProbeResult> {
  const address = typeof target === "number" ? localAddress(target) : target;
  const { host, port } = multiaddr(address).toOptions();
  if (!(await isListening(host, port))) {
    return "free";
  }
  return (await answersAs(address, network)) ? "ours" : "other";
}

/** The multiaddr of a service node with the well-known local identity at `port`. */
export function localAddress(port: number): string {
  const [address = ""] = LOCAL_NETWORK.multiaddrs;
  return address.replace(/\/tcp\/\d+\//, `/tcp/${port}/`);
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const done = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
  });
}

/** The noise handshake proves the peer id; metadata tells the network. */
async function answersAs(address: string, network: Pick<WakuNetwork, "clusterId" | "shards">): Promise<boolean> {
  const libp2p = await createLibp2p({
    transports: [webSockets({ filter: all })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux(), mplex()],
  });
  try {
    const signal = AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS);
    const connection: Connection = await libp2p.dial(multiaddr(address), { signal });
    const metadata = await queryMetadata(connection, network.clusterId, signal);
    return metadata.clusterId === network.clusterId && metadata.shards.length === network.shards;
  } catch {
    return false;
  } finally {
    await libp2p.stop();
  }
}

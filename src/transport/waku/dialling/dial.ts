import type { Connection, Libp2p } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { hostOf } from "./addresses.ts";
import { isAnotherNode, isHungUp, requirePeer } from "./connection-rules.ts";

/** Connects to the service node at `address`, or returns the open connection to it. Rejects with words for people. */
export async function dialServiceNode(libp2p: Libp2p, address: string, signal: AbortSignal): Promise<Connection> {
  try {
    const target = multiaddr(address);
    const connection = await libp2p.dial(target, { signal });
    await closeUnless(connection, target.getPeerId());
    return connection;
  } catch (error) {
    throw new Error(wordsFor(error, hostOf(address)), { cause: error });
  }
}

/** The handshake has checked it already, unless libp2p gave us a connection that it had before. */
async function closeUnless(connection: Connection, expected: string | null): Promise<void> {
  try {
    requirePeer(expected, connection.remotePeer.toString());
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw error;
  }
}

function wordsFor(error: unknown, host: string): string {
  if (isAnotherNode(error)) {
    return `another node answers at ${host}, not the one that the address names; check the address`;
  }
  return isHungUp(error)
    ? `the service node at ${host} is full, or takes nobody just now; trying again`
    : `the service node at ${host} does not answer; is it running?`;
}

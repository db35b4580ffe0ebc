import type { ConnectionGater } from "@libp2p/interface";
import type { WakuNetwork } from "../wire/local-network.ts";

/** Somebody else answered than the peer that the dialed address ends in. */
export class AnotherNodeError extends Error {
  override readonly name = "AnotherNodeError";
}

/** The other side took the socket and closed it before the handshake, as one does that has connections enough. */
export class HangUpError extends Error {
  override readonly name = "HangUpError";
}

/**
 * Which connections libp2p may make.
 *
 * Only addresses that the network names are kept in mind: a service node announces others too, such as those of its own
 * LAN, which the SDK would dial one after the other, the right one last.
 *
 * Who answers must be the peer that the address ends in. libp2p reads it out of the address and asks this gater whether
 * it may be dialed, but does not tell noise to expect it: any key that can sign the handshake would do.
 */
export function connectionRules({ multiaddrs }: WakuNetwork): ConnectionGater {
  const named = new Set(multiaddrs.map(withoutPeer));
  return {
    filterMultiaddrForPeer: async (_peer, address) => named.has(withoutPeer(address.toString())),
    denyOutboundEncryptedConnection: async (peer, { remoteAddr }) => {
      requirePeer(remoteAddr.getPeerId(), peer.toString());
      return false;
    },
  };
}

/** `expected` is null when an address names no peer: then anybody may answer. Throws `AnotherNodeError`. */
export function requirePeer(expected: string | null, actual: string): void {
  if (expected === null || expected === actual) return;
  throw new AnotherNodeError(`${actual} answers where ${expected} should`);
}

/** True for the error of a dial, which holds several if there was more than one address. */
export function isAnotherNode(error: unknown): boolean {
  return holds(error, AnotherNodeError);
}

/** The same for one that was hung up on. */
export function isHungUp(error: unknown): boolean {
  return holds(error, HangUpError);
}

function holds(error: unknown, kind: typeof AnotherNodeError | typeof HangUpError): boolean {
  return error instanceof kind || (error instanceof AggregateError && error.errors.some((one) => holds(one, kind)));
}

function withoutPeer(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, "");
}

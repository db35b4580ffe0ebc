import type { ConnectionGater } from "@libp2p/interface";
import type { WakuNetwork } from "./wire/local-network.ts";

/**
 * Which connections libp2p may make. Only addresses that the network names are kept in mind: a service node announces
 * others too, such as those of its own LAN, which the SDK would dial one after the other, the right one last.
 */
export function connectionRules({ multiaddrs }: WakuNetwork): ConnectionGater {
  const named = new Set(multiaddrs.map(withoutPeer));
  return {
    filterMultiaddrForPeer: async (_peer, address) => named.has(withoutPeer(address.toString())),
  };
}

function withoutPeer(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, "");
}

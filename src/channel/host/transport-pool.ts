import type { ChannelNetwork } from "../../identity/joining/channel-network.ts";
import type { Transport } from "../../transport/port.ts";
import { LOCAL_NETWORK, type WakuNetwork } from "../../transport/waku/wire/local-network.ts";

/** Where a transport connects to. */
export type NetworkAddress = WakuNetwork;

export function networkAddressOf(network: ChannelNetwork): NetworkAddress {
  //= protocol: CHANNEL-2
  if (network.preset === "local") return LOCAL_NETWORK;
  return { clusterId: network.cluster, shards: network.shards, multiaddrs: network.multiaddrs };
}

/**
 * One transport per network, shared by its channels and closed with the last of them. That one cannot be closed tidily is nobody's
 * business: nothing uses it any more, and what waits for it, storage above all, has to be let go.
 */
export interface TransportPool {
  of(network: NetworkAddress): Transport;
  release(network: NetworkAddress): Promise<void>;
  close(): Promise<void>;
}

export function createTransportPool(openTransport: (network: NetworkAddress) => Transport): TransportPool {
  const open = new Map<string, { readonly transport: Transport; users: number }>();

  return {
    of: (network) => {
      const key = JSON.stringify(network);
      const known = open.get(key) ?? { transport: openTransport(network), users: 0 };
      known.users++;
      open.set(key, known);
      return known.transport;
    },
    release: async (network) => {
      const key = JSON.stringify(network);
      const known = open.get(key);
      if (known === undefined || --known.users > 0) return;
      open.delete(key);
      await Promise.allSettled([known.transport.close()]);
    },
    close: async () => {
      const transports = [...open.values()];
      open.clear();
      await Promise.allSettled(transports.map(({ transport }) => transport.close()));
    },
  };
}

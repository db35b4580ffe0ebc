import type { ShardingRule } from "./wire.ts";

/** Where a Waku network is and how it shards. */
export interface WakuNetwork extends ShardingRule {
  /** Service nodes to connect to, as multiaddrs that end in `/p2p/PEER_ID`. */
  readonly multiaddrs: readonly string[];
}

/**
 * The service node on this machine. Its identity is public and fixed (node/service-node/peers/identity.ts), so its address
 * can be written down; a test holds the two together.
 */
export const LOCAL_NETWORK: WakuNetwork = {
  clusterId: 42,
  shards: 8,
  multiaddrs: ["/ip4/127.0.0.1/tcp/8645/ws/p2p/16Uiu2HAmJWtj6c9g9b8EENgNF3hDLpVp16F4vDSSGyKdaPxRa2vh"],
};

import type { Connection, Libp2p } from "@libp2p/interface";
import { decodeRelayShard } from "@waku/utils";
import { LIGHTPUSH_CODEC } from "../wire/codecs.ts";

/** Which service nodes take messages of a shard. */
export interface LightpushPeers {
  /** Of these connections. One whose service node does not say which shards it serves counts. */
  serving(connections: readonly Connection[], pubsubTopic: string): Promise<readonly Connection[]>;
}

/** What a service node said of itself. */
type Serves = (pubsubTopic: string) => boolean;

/** Asks libp2p's peer store once for each connection: that costs more than a message. */
export function createLightpushPeers(libp2p: Pick<Libp2p, "peerStore">): LightpushPeers {
  const known = new WeakMap<Connection, Serves>();

  async function learn(connection: Connection): Promise<Serves> {
    const { protocols, metadata } = await libp2p.peerStore.get(connection.remotePeer);
    // It may be added later, so that is asked again.
    if (!protocols.includes(LIGHTPUSH_CODEC)) return () => false;
    const shards = metadata.get("shardInfo");
    const serves = shards === undefined ? () => true : servesOnly(topicsOf(shards));
    known.set(connection, serves);
    return serves;
  }

  return {
    serving: async (connections, pubsubTopic) => {
      const found: Connection[] = [];
      for (const connection of connections) {
        const serves = known.get(connection) ?? (await learn(connection));
        if (serves(pubsubTopic)) found.push(connection);
      }
      return found;
    },
  };
}

const servesOnly =
  (topics: ReadonlySet<string>): Serves =>
  (pubsubTopic) =>
    topics.has(pubsubTopic);

function topicsOf(shardInfo: Uint8Array): ReadonlySet<string> {
  const { clusterId, shards } = decodeRelayShard(shardInfo);
  return new Set(shards.map((shard) => `/waku/2/rs/${clusterId}/${shard}`));
}

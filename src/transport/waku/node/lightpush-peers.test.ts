import type { Connection, Libp2p } from "@libp2p/interface";
import { encodeRelayShard } from "@waku/utils";
import { expect, test } from "vitest";
import { LIGHTPUSH_CODEC } from "../wire/codecs.ts";
import { createLightpushPeers } from "./lightpush-peers.ts";

const TOPIC = "/waku/2/rs/42/3";

interface Known {
  readonly protocols: string[];
  readonly metadata: Map<string, Uint8Array>;
}

const speaking = (shards?: readonly number[], clusterId = 42): Known => ({
  protocols: ["/other", LIGHTPUSH_CODEC],
  metadata: new Map(
    shards === undefined ? [] : [["shardInfo", encodeRelayShard({ clusterId, shards: [...shards] })] as const],
  ),
});

function bench(peers: Record<string, Known>) {
  const asked: string[] = [];
  const peerStore = {
    get: async (id: unknown) => {
      asked.push(String(id));
      return peers[String(id)];
    },
  };
  const { serving } = createLightpushPeers({ peerStore } as unknown as Libp2p);
  const connections = Object.keys(peers).map((remotePeer) => ({ remotePeer }) as unknown as Connection);
  const names = async (topic = TOPIC) =>
    (await serving(connections, topic)).map(({ remotePeer }) => String(remotePeer));
  return { asked, names, peers };
}

test("those that speak lightpush and serve the shard, or do not say, in the order of the connections", async () => {
  const { names } = bench({
    mute: speaking(),
    "other shard": speaking([2, 4]),
    "other cluster": speaking([3], 1),
    serves: speaking([2, 3]),
    "no lightpush": { ...speaking([3]), protocols: ["/other"] },
  });
  expect(await names()).toEqual(["mute", "serves"]);
  expect(await names("/waku/2/rs/42/4")).toEqual(["mute", "other shard"]);
});

test("each connection is asked for once, but for one whose service node may learn lightpush yet", async () => {
  const { names, asked, peers } = bench({ good: speaking([3]), late: { ...speaking(), protocols: [] } });
  expect(await names()).toEqual(["good"]);
  peers.late = speaking();
  expect(await names()).toEqual(["good", "late"]);
  expect(await names()).toEqual(["good", "late"]);
  expect(asked).toEqual(["good", "late", "late"]);
});

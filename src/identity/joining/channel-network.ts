import type { ProtobufReader, ProtobufWriter } from "../../sds/wire/protobuf.ts";

/**
 * Where a channel's messages travel. `local`: the service node on this machine. `custom`: a Waku cluster with
 * automatic sharding, reached through the given service nodes.
 */
export type ChannelNetwork =
  | { readonly preset: "local" }
  | {
      readonly preset: "custom";
      /** 0 to 65,535. */
      readonly cluster: number;
      /** Number of shards in the cluster, 1 to 1,024. */
      readonly shards: number;
      /** 1 to 8, each as text, at most 256 printable ASCII characters: `/dns4/node.example/tcp/8000/wss/p2p/16U...`. */
      readonly multiaddrs: readonly string[];
    };

const FIELD = { preset: 1, cluster: 2, shards: 3, multiaddr: 4 } as const;
const PRESET = { local: 1, custom: 2 } as const;
const MAX_CLUSTER = 0xffff;
const MAX_SHARDS = 1_024;
export const MAX_ADDRESSES = 8;
export const MAX_ADDRESS_CHARACTERS = 256;
const ADDRESS = /^\/[\x21-\x7e]+$/;

export function isChannelNetwork(network: ChannelNetwork): boolean {
  if (network.preset === "local") return true;
  //= protocol: CHANNEL-3
  const { cluster, shards, multiaddrs } = network;
  return (
    isWithin(cluster, 0, MAX_CLUSTER) &&
    isWithin(shards, 1, MAX_SHARDS) &&
    isWithin(multiaddrs.length, 1, MAX_ADDRESSES) &&
    multiaddrs.every((address) => address.length <= MAX_ADDRESS_CHARACTERS && ADDRESS.test(address))
  );
}

export function writeNetwork(writer: ProtobufWriter, network: ChannelNetwork): void {
  writer.uint32(FIELD.preset, PRESET[network.preset]);
  //= protocol: CHANNEL-2
  if (network.preset === "local") return;
  writer.uint32(FIELD.cluster, network.cluster).uint32(FIELD.shards, network.shards);
  for (const address of network.multiaddrs) writer.string(FIELD.multiaddr, address);
}

/** `newer` for a preset that this version does not know, null for what is no network. Throws `ProtobufError`. */
export function readNetwork(reader: ProtobufReader): ChannelNetwork | "newer" | null {
  let [preset, cluster, shards] = [0, -1, -1];
  const multiaddrs: string[] = [];
  while (reader.next()) {
    if (reader.field === FIELD.preset) preset = reader.uint32();
    else if (reader.field === FIELD.cluster) cluster = reader.uint32();
    else if (reader.field === FIELD.shards) shards = reader.uint32();
    else if (reader.field === FIELD.multiaddr) multiaddrs.push(reader.string());
    else reader.skip();
  }
  if (preset > PRESET.custom) return "newer";
  if (preset === PRESET.local) return { preset: "local" };
  const network: ChannelNetwork = { preset: "custom", cluster, shards, multiaddrs };
  return preset === PRESET.custom && isChannelNetwork(network) ? network : null;
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

import { proto_metadata } from "@waku/proto";
import type { RequestHandler } from "./framing.ts";

/** Waku metadata (specification 66): tells a peer which cluster and shards this node serves. */
export function metadataHandler(clusterId: number, shards: number): RequestHandler {
  const response = proto_metadata.WakuMetadataResponse.encode({
    clusterId,
    shards: Array.from({ length: shards }, (_, shard) => shard),
  });
  return () => response;
}

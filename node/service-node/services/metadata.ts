import type { Connection } from "@libp2p/interface";
import { proto_metadata } from "@waku/proto";
import { METADATA_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { type RequestHandler, requestOnce } from "./serve-requests.ts";

/** Waku metadata (specification 66): tells a peer which cluster and shards this node serves. */
export function metadataHandler(clusterId: number, shards: number): RequestHandler {
  const response = proto_metadata.WakuMetadataResponse.encode({
    clusterId,
    shards: Array.from({ length: shards }, (_, shard) => shard),
  });
  return () => response;
}

/** The cluster and shards that the service node at the other end serves. Rejects if it does not answer in time. */
export async function queryMetadata(
  connection: Connection,
  ownClusterId: number,
  signal: AbortSignal,
): Promise<proto_metadata.WakuMetadataResponse> {
  const body = proto_metadata.WakuMetadataRequest.encode({ clusterId: ownClusterId, shards: [] });
  return proto_metadata.WakuMetadataResponse.decode(await requestOnce(connection, METADATA_CODEC, body, signal));
}

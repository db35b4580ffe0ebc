import type { Connection } from "@libp2p/interface";
import { proto_metadata as proto } from "@waku/proto";
import { METADATA_CODEC } from "./codecs.ts";
import { request, UnsupportedProtocol } from "./request.ts";

const TIMEOUT_MS = 10_000;

/**
 * The cluster and shards that a service node serves (metadata, specification 66); `undefined` if it does not say.
 * @throws {TransportError} if it cannot be asked.
 */
export async function queryMetadata(
  connection: Connection,
  ownClusterId: number,
): Promise<{ clusterId: number | undefined; shards: readonly number[] } | undefined> {
  try {
    const body = proto.WakuMetadataRequest.encode({ clusterId: ownClusterId, shards: [] });
    const response = proto.WakuMetadataResponse.decode(await request(connection, METADATA_CODEC, body, TIMEOUT_MS));
    return { clusterId: response.clusterId, shards: response.shards };
  } catch (error) {
    if (error instanceof UnsupportedProtocol) {
      return undefined;
    }
    throw error;
  }
}

import type { Connection, IncomingStreamData, Stream } from "@libp2p/interface";
import { proto_metadata as proto } from "@waku/proto";
import { METADATA_CODEC } from "./codecs.ts";
import { encodeFrame, readFrames } from "./framing.ts";
import { request, UnsupportedProtocol } from "./request.ts";

const TIMEOUT_MS = 10_000;
const MAX_REQUEST_BYTES = 64 * 1024;

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

/** Answers the same question about ourselves. A light client serves no shards. */
export function answerMetadata(clusterId: number): (data: IncomingStreamData) => void {
  const response = encodeFrame(proto.WakuMetadataResponse.encode({ clusterId, shards: [] }));
  return ({ stream }) => {
    void answer(stream, response);
  };
}

async function answer(stream: Stream, response: Uint8Array): Promise<void> {
  const timer = setTimeout(() => stream.abort(new Error("the request took too long")), TIMEOUT_MS);
  try {
    let isAnswered = false;
    // To the end, since leaving the loop would reset a stream that the remote side still writes on.
    for await (const _request of readFrames(stream.source, MAX_REQUEST_BYTES)) {
      if (!isAnswered) {
        isAnswered = true;
        await stream.sink([response]);
      }
    }
    await stream.close();
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
  } finally {
    clearTimeout(timer);
  }
}

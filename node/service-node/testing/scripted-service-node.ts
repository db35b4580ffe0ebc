import { noise } from "@chainsafe/libp2p-noise";
import { identify } from "@libp2p/identify";
import type { Libp2p } from "@libp2p/interface";
import { mplex } from "@libp2p/mplex";
import { webSockets } from "@libp2p/websockets";
import { all } from "@libp2p/websockets/filters";
import { proto_filter_v2 } from "@waku/proto";
import { createLibp2p } from "libp2p";
import { FILTER_SUBSCRIBE_CODEC, METADATA_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { metadataHandler } from "../services/metadata.ts";
import { type RequestHandler, serveRequests } from "../services/serve-requests.ts";

/**
 * A real libp2p node whose Waku services do as a test says: metadata of cluster 42 with 8 shards and a filter that agrees
 * to everything, unless `handlers` (by codec) name others. Identify tells `appendAnnounce` as addresses of its own as well.
 */
export async function startScriptedServiceNode(
  handlers: Record<string, RequestHandler>,
  appendAnnounce: readonly string[] = [],
): Promise<Libp2p> {
  const libp2p: Libp2p = await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0/ws"], appendAnnounce: [...appendAnnounce] },
    transports: [webSockets({ filter: all })],
    connectionEncrypters: [noise()],
    streamMuxers: [mplex({ disconnectThreshold: 10_000 })],
    services: { identify: identify() },
  });
  const good = { [METADATA_CODEC]: metadataHandler(42, 8), [FILTER_SUBSCRIBE_CODEC]: filterThatAnswers(() => 200) };
  for (const [codec, handler] of Object.entries({ ...good, ...handlers })) {
    await serveRequests(libp2p, codec, handler);
  }
  return libp2p;
}

/** Filter requests of any kind, answered with the status that `status` returns. */
export function filterThatAnswers(status: (request: proto_filter_v2.FilterSubscribeRequest) => number): RequestHandler {
  return (body) => {
    const request = proto_filter_v2.FilterSubscribeRequest.decode(body);
    const { requestId } = request;
    return proto_filter_v2.FilterSubscribeResponse.encode({ requestId, statusCode: status(request), statusDesc: "" });
  };
}

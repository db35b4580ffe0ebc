import type { Connection, Libp2p } from "@libp2p/interface";
import { proto_filter_v2, proto_store } from "@waku/proto";
import { FILTER_SUBSCRIBE_CODEC, LIGHTPUSH_CODEC, STORE_QUERY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import type { WakuMessage } from "../../../src/transport/waku/wire/wire.ts";
import { DEFAULT_LIMITS } from "../limits/limits.ts";
import { RateLimiter } from "../limits/rate-limiter.ts";
import { lightpushHandler } from "../services/lightpush.ts";
import { PushStream } from "../services/push-stream.ts";
import type { RequestHandler } from "../services/serve-requests.ts";
import { storeQueryHandler } from "../services/store-query.ts";
import { Archive } from "../store/archive.ts";
import { MemoryMessageStore } from "../store/memory-message-store.ts";
import { startScriptedServiceNode } from "./scripted-service-node.ts";

/** Reads of history by one peer, by time; those by hash are not counted. */
export type Reads = ReadonlyMap<string, number>;

export interface DeafServiceNode {
  readonly libp2p: Libp2p;
  readonly reads: Reads;
}

/**
 * A service node that goes on pushing to a subscriber over the connection that it first subscribed by, dead or not, whatever
 * is said over a later one. It forgets a subscriber when that connection ends, and so when it finds out.
 */
export async function startDeafServiceNode(): Promise<DeafServiceNode> {
  const store = new MemoryMessageStore();
  const archive = new Archive(store, Number.POSITIVE_INFINITY, () => undefined);
  const subscribers = new Map<string, PushStream>();
  const reads = new Map<string, number>();
  const rule = { clusterId: 42, shards: 8 };

  async function publish(pubsubTopic: string, message: WakuMessage): Promise<number> {
    archive.add(pubsubTopic, message);
    const body = proto_filter_v2.MessagePush.encode({ pubsubTopic, wakuMessage: message });
    for (const pushes of subscribers.values()) pushes.push(body);
    return 1;
  }

  const filter: RequestHandler = (body, _peer, connection) => {
    const { requestId, filterSubscribeType } = proto_filter_v2.FilterSubscribeRequest.decode(body);
    const types = proto_filter_v2.FilterSubscribeRequest.FilterSubscribeType;
    const peer = connection.remotePeer.toString();
    const known = subscribers.get(peer);
    if (filterSubscribeType === types.SUBSCRIBE && known === undefined) {
      subscribers.set(peer, new PushStream(connection, () => forget(connection)));
    }
    const isKnown = known !== undefined || filterSubscribeType === types.SUBSCRIBE;
    const statusCode = isKnown ? 200 : 404;
    return proto_filter_v2.FilterSubscribeResponse.encode({ requestId, statusCode, statusDesc: "" });
  };

  function forget(connection: Connection): void {
    const peer = connection.remotePeer.toString();
    if (subscribers.get(peer)?.connection === connection) subscribers.delete(peer);
  }

  const answer = storeQueryHandler(store, new RateLimiter(DEFAULT_LIMITS.store));
  const history: RequestHandler = (body, peer, connection) => {
    const { messageHashes } = proto_store.StoreQueryRequest.decode(body);
    const key = peer.toString();
    if (messageHashes.length === 0) reads.set(key, (reads.get(key) ?? 0) + 1);
    return answer(body, peer, connection);
  };

  const rate = new RateLimiter(DEFAULT_LIMITS.lightpush);
  const libp2p = await startScriptedServiceNode({
    [FILTER_SUBSCRIBE_CODEC]: filter,
    [LIGHTPUSH_CODEC]: lightpushHandler({ rule, publish, rate, maxClockSkewMs: Number.POSITIVE_INFINITY }),
    [STORE_QUERY_CODEC]: history,
  });
  libp2p.addEventListener("connection:close", ({ detail }) => forget(detail));
  return { libp2p, reads };
}

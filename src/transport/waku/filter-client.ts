import type { Connection, IncomingStreamData, Stream } from "@libp2p/interface";
import { proto_filter_v2 as proto } from "@waku/proto";
import { TransportError } from "../port.ts";
import { FILTER_SUBSCRIBE_CODEC, MAX_WAKU_MESSAGE_BYTES } from "./codecs.ts";
import { readFrames } from "./framing.ts";
import { request } from "./request.ts";
import type { WakuMessage } from "./wire.ts";

const REQUEST_TIMEOUT_MS = 10_000;
/** A push holds one message and its pubsub topic. */
const MAX_PUSH_BYTES = MAX_WAKU_MESSAGE_BYTES + 1024;
const NOT_FOUND = 404;

const types = proto.FilterSubscribeRequest.FilterSubscribeType;

/** Asks the service node for every message of the content topics. Throws `TransportError` unless it agreed. */
export async function subscribe(connection: Connection, pubsubTopic: string, contentTopics: string[]): Promise<void> {
  const response = await send(connection, { filterSubscribeType: types.SUBSCRIBE, pubsubTopic, contentTopics });
  requireOk(response);
}

/** Ends the subscription to the content topics; a node that knows none of them agrees too. */
export async function unsubscribe(connection: Connection, pubsubTopic: string, contentTopics: string[]): Promise<void> {
  const response = await send(connection, { filterSubscribeType: types.UNSUBSCRIBE, pubsubTopic, contentTopics });
  if (response.statusCode !== NOT_FOUND) {
    requireOk(response);
  }
}

/** Refreshes all subscriptions of this node. Resolves to false if the service node does not know of any. */
export async function refreshSubscriptions(connection: Connection): Promise<boolean> {
  const response = await send(connection, { filterSubscribeType: types.SUBSCRIBER_PING, contentTopics: [] });
  if (response.statusCode === NOT_FOUND) {
    return false;
  }
  requireOk(response);
  return true;
}

/** Ends all subscriptions of this node. */
export async function unsubscribeAll(connection: Connection, timeoutMs: number): Promise<void> {
  await send(connection, { filterSubscribeType: types.UNSUBSCRIBE_ALL, contentTopics: [] }, timeoutMs);
}

type Fields = Omit<proto.FilterSubscribeRequest, "requestId">;

async function send(
  connection: Connection,
  fields: Fields,
  timeoutMs = REQUEST_TIMEOUT_MS,
): Promise<proto.FilterSubscribeResponse> {
  const body = proto.FilterSubscribeRequest.encode({ requestId: crypto.randomUUID(), ...fields });
  const response = await request(connection, FILTER_SUBSCRIBE_CODEC, body, timeoutMs);
  return proto.FilterSubscribeResponse.decode(response);
}

function requireOk(response: proto.FilterSubscribeResponse): void {
  if (response.statusCode < 200 || response.statusCode >= 300) {
    const detail = `${response.statusCode} ${response.statusDesc ?? ""}`.trim();
    throw new TransportError("rejected", `the service node refused the subscription: ${detail}`);
  }
}

export interface PushListener {
  /** Must not throw. */
  onMessage(pubsubTopic: string, message: WakuMessage): void;
  /** A push stream broke, so messages may be missing. */
  onBroken(connection: Connection): void;
}

/** Receives what service nodes push. */
export function pushStreamHandler(listener: PushListener): (data: IncomingStreamData) => void {
  return ({ stream, connection }) => {
    void receivePushes(stream, connection, listener);
  };
}

async function receivePushes(stream: Stream, connection: Connection, listener: PushListener): Promise<void> {
  try {
    // We never write here. A service node that opens a stream per message would otherwise leave each of them half
    // open, and after 100 of them messages are lost.
    await stream.closeWrite();
    for await (const body of readFrames(stream.source, MAX_PUSH_BYTES)) {
      const push = decodePush(body);
      if (push?.pubsubTopic !== undefined && push.wakuMessage !== undefined) {
        listener.onMessage(push.pubsubTopic, push.wakuMessage);
      }
    }
    await stream.close();
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)));
    listener.onBroken(connection);
  }
}

/** One malformed push must not end the stream that the next ones come on. */
function decodePush(body: Uint8Array): proto.MessagePush | undefined {
  try {
    return proto.MessagePush.decode(body);
  } catch {
    return undefined;
  }
}

import type { Connection } from "@libp2p/interface";
import { proto_lightpush as proto } from "@waku/proto";
import { type OutboundFrame, type PublishReceipt, TransportError } from "../port.ts";
import type { Troubles } from "./links/troubles.ts";
import type { GuardedNode } from "./node/guarded-node.ts";
import { createStoreOrder, type StoreOrder } from "./store-order.ts";
import { senselessAnswer, worthiestError } from "./wire/errors.ts";
import type { ShardingRule } from "./wire/wire.ts";
import { pubsubTopicOf, toWakuMessage, wakuMessageHash } from "./wire/wire.ts";

/** Each message goes to this many service nodes at once, if there are so many. One that takes it is enough. */
const NODES_TO_USE = 2;

const OK = 200;
const TOO_LARGE = 413;

export interface Publishing {
  readonly node: Pick<GuardedNode, "lightpush">;
  /** The open ones, of service nodes. */
  readonly connections: readonly Connection[];
  readonly rule: ShardingRule;
  /** A new one for each message. */
  readonly requestId: string;
  /** Who did not take the last one is asked behind the others. */
  readonly order?: StoreOrder;
  readonly troubles?: Pick<Troubles, "refused" | "fulfilled">;
}

/**
 * Hands one message to service nodes by lightpush: to two at once, and if these do not take it to the others, one after the other.
 * Resolves as soon as one of them says that it took the message; throws `TransportError` when none did.
 */
export async function pushToNetwork(frame: OutboundFrame, publishing: Publishing): Promise<PublishReceipt> {
  const { node, rule, requestId, order = createStoreOrder(), troubles } = publishing;
  const connections = inOrder(publishing.connections, order);
  const pubsubTopic = pubsubTopicOf(frame.contentTopic, rule);
  const serving = await node.lightpush.serving(connections, pubsubTopic);
  if (serving.length === 0) throw servesNobody();
  const message = toWakuMessage(frame);
  const request = proto.LightPushRequestV3.encode({ requestId, pubsubTopic, message });
  const hash = wakuMessageHash(message, pubsubTopic);

  async function push(connection: Connection): Promise<void> {
    try {
      requireTaken(await node.lightpush.ask(connection, request));
      order.gaveAll(connection.remotePeer);
      troubles?.fulfilled(connection.remotePeer, "lightpush");
    } catch (error) {
      order.brokeOff(connection.remotePeer);
      if (isRefusal(error)) troubles?.refused(connection.remotePeer, "lightpush", error.message);
      throw error;
    }
  }

  const [atOnce, others] = [serving.slice(0, NODES_TO_USE), serving.slice(NODES_TO_USE)];
  const refusals: TransportError[] = [];
  for (const some of [atOnce, ...others.map((connection) => [connection])]) {
    try {
      await Promise.any(some.map(push));
      return { hash };
    } catch (error) {
      if (!(error instanceof AggregateError)) throw error;
      refusals.push(...error.errors);
    }
  }
  throw worthiestError(refusals);
}

/** A connection that broke, or an answer that is late, is told of elsewhere. */
function isRefusal(error: unknown): error is TransportError {
  return error instanceof TransportError && error.code === "rejected";
}

function inOrder(connections: readonly Connection[], order: StoreOrder): readonly Connection[] {
  const peers = order.of(connections.map(({ remotePeer }) => remotePeer));
  return [...connections].sort((left, right) => peers.indexOf(left.remotePeer) - peers.indexOf(right.remotePeer));
}

/** Throws why a service node did not take the message. */
function requireTaken(answer: Uint8Array): void {
  const { statusCode, statusDesc } = readAnswer(answer);
  if (statusCode === OK) return;
  const detail = `${statusCode} ${statusDesc ?? ""}`.trim();
  // What is above the network's limit never comes this far. Another service node may take it, or this one later.
  const words =
    statusCode === TOO_LARGE
      ? `the service node says that the message is too large, though the network takes it: ${detail}`
      : `the service node refused the message: ${detail}`;
  throw new TransportError("rejected", words);
}

function readAnswer(answer: Uint8Array): proto.LightPushResponseV3 {
  try {
    return proto.LightPushResponseV3.decode(answer);
  } catch (error) {
    throw senselessAnswer(error);
  }
}

function servesNobody(): TransportError {
  const words = "the service node has no lightpush v3, or does not serve the shard of this topic; use another one";
  return new TransportError("rejected", words);
}

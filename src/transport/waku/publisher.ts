import type { Connection } from "@libp2p/interface";
import { proto_lightpush as proto } from "@waku/proto";
import { type OutboundFrame, type PublishReceipt, TransportError } from "../port.ts";
import type { GuardedNode } from "./node/guarded-node.ts";
import { senselessAnswer, worthiestError } from "./wire/errors.ts";
import type { ShardingRule } from "./wire/wire.ts";
import { pubsubTopicOf, toWakuMessage, wakuMessageHash } from "./wire/wire.ts";

/** Each message goes to this many service nodes, if there are so many. One that takes it is enough. */
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
}

/**
 * Hands one message to service nodes by lightpush. Resolves as soon as one of them says that it took the message; throws
 * `TransportError` when none did.
 */
export async function pushToNetwork(frame: OutboundFrame, publishing: Publishing): Promise<PublishReceipt> {
  const { node, connections, rule, requestId } = publishing;
  const pubsubTopic = pubsubTopicOf(frame.contentTopic, rule);
  const serving = await node.lightpush.serving(connections, pubsubTopic);
  if (serving.length === 0) throw servesNobody();
  const message = toWakuMessage(frame);
  const request = proto.LightPushRequestV3.encode({ requestId, pubsubTopic, message });
  const pushes = serving.slice(0, NODES_TO_USE).map(async (connection) => {
    requireTaken(await node.lightpush.ask(connection, request));
  });
  const hash = wakuMessageHash(message, pubsubTopic);
  try {
    await Promise.any(pushes);
  } catch (error) {
    throw error instanceof AggregateError ? worthiestError(error.errors) : error;
  }
  return { hash };
}

/** Throws why a service node did not take the message. */
function requireTaken(answer: Uint8Array): void {
  const { statusCode, statusDesc } = readAnswer(answer);
  if (statusCode === OK) return;
  const detail = `${statusCode} ${statusDesc ?? ""}`.trim();
  throw statusCode === TOO_LARGE
    ? new TransportError("too-large", `the service node refused the message for its size: ${detail}`)
    : new TransportError("rejected", `the service node refused the message: ${detail}`);
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

import { messageHash } from "@waku/core";
import type { AutoSharding, IProtoMessage } from "@waku/interfaces";
import { proto_message } from "@waku/proto";
import { contentTopicToPubsubTopic } from "@waku/utils";
import type { OutboundFrame } from "../../port.ts";

/** A Waku message (specification 14) as the protobuf library gives and takes it. */
export type WakuMessage = proto_message.WakuMessage;

/** The part of a network that decides on which shard a content topic lives. */
export interface ShardingRule {
  readonly clusterId: number;
  readonly shards: number;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** The same rule in the SDK's words. */
export function networkConfigOf(rule: ShardingRule): AutoSharding {
  return { clusterId: rule.clusterId, numShardsInCluster: rule.shards };
}

/** Topics of one rule that are remembered: a device has a channel for each, and few have so many. Then it starts anew. */
const MOST_TOPICS = 256;
const known = new WeakMap<ShardingRule, Map<string, string>>();

/**
 * Autosharding (specification 51): the pubsub topic that carries `contentTopic`. Throws on a malformed topic. Computed once for
 * each topic, as it takes a hash, and is wanted twice for each message.
 */
export function pubsubTopicOf(contentTopic: string, rule: ShardingRule): string {
  const topics = known.get(rule) ?? new Map<string, string>();
  known.set(rule, topics);
  const before = topics.get(contentTopic);
  if (before !== undefined) return before;
  const pubsubTopic = contentTopicToPubsubTopic(contentTopic, rule.clusterId, rule.shards);
  if (topics.size >= MOST_TOPICS) topics.clear();
  topics.set(contentTopic, pubsubTopic);
  return pubsubTopic;
}

/** The payload passes through untouched: encryption is the business of the layer above. */
export function toWakuMessage(frame: OutboundFrame): WakuMessage {
  return {
    payload: frame.payload,
    contentTopic: frame.contentTopic,
    //= protocol: LAYER-6
    version: frame.version,
    timestamp: BigInt(Math.trunc(frame.timestamp)) * NANOSECONDS_PER_MILLISECOND,
    ephemeral: frame.ephemeral,
  };
}

/** The 32-byte deterministic hash of specification 14, under which a Store keeps the message. */
export function wakuMessageHash(message: WakuMessage, pubsubTopic: string): Uint8Array {
  return messageHash(pubsubTopic, message as IProtoMessage);
}

/** Bytes of the encoded message, the figure that the size limit of relays is about. */
export function encodedSize(message: WakuMessage): number {
  return proto_message.WakuMessage.encode(message).length;
}

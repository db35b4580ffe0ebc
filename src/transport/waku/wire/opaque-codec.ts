import { message as messages } from "@waku/core";
import type { IDecodedMessage, IDecoder, IEncoder, IProtoMessage } from "@waku/interfaces";
import { proto_message } from "@waku/proto";
import { createRoutingInfo } from "@waku/utils";
import type { InboundFrame, OutboundFrame } from "../../port.ts";
import { networkConfigOf, type ShardingRule, toWakuMessage, type WakuMessage } from "./wire.ts";

/** What the SDK decodes messages of one topic with. */
export type OpaqueDecoder = IDecoder<IDecodedMessage>;

/**
 * Encodes one frame for the SDK as it is. The SDK's own encoder writes version 0 whatever the payload is.
 * Throws on a malformed content topic.
 */
export function createOpaqueEncoder(frame: OutboundFrame, network: ShardingRule): IEncoder {
  const { contentTopic, ephemeral } = frame;
  const routingInfo = createRoutingInfo(networkConfigOf(network), { contentTopic });
  return {
    contentTopic,
    ephemeral,
    routingInfo,
    pubsubTopic: routingInfo.pubsubTopic,
    toProtoObj: async () => toWakuMessage(frame) as IProtoMessage,
    toWire: async () => proto_message.WakuMessage.encode(toWakuMessage(frame)),
  };
}

/** Hands the SDK's messages on whatever their version is. The SDK's own decoder drops all but version 0. */
export function createOpaqueDecoder(contentTopic: string, pubsubTopic: string): OpaqueDecoder {
  return {
    contentTopic,
    pubsubTopic,
    fromWireToProtoObj: async (bytes) => proto_message.WakuMessage.decode(bytes) as IProtoMessage,
    // By our own pubsub topic, not by the one a Store names: it is part of the hash.
    fromProtoObj: async (_pubsubTopic, message) =>
      new messages.version_0.DecodedMessage(pubsubTopic, message as WakuMessage),
  };
}

/** What the decoder made, as the port has it. */
export function toInboundFrame(message: IDecodedMessage): InboundFrame {
  return {
    contentTopic: message.contentTopic,
    // A copy: the decoder's view would keep a whole Store page alive, and be cloned with it between threads.
    payload: message.payload.slice(),
    version: message.version,
    hash: message.hash,
    timestamp: message.timestamp?.getTime(),
    ephemeral: message.ephemeral ?? false,
  };
}

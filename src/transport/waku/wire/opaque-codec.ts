import { message as messages } from "@waku/core";
import type { IDecodedMessage, IDecoder, IEncoder, IProtoMessage, IRoutingInfo } from "@waku/interfaces";
import { proto_message } from "@waku/proto";
import { createRoutingInfo } from "@waku/utils";
import type { InboundFrame, OutboundFrame } from "../../port.ts";
import { networkConfigOf, type ShardingRule, toWakuMessage, type WakuMessage } from "./wire.ts";

/**
 * Encodes one frame for the SDK as it is. The SDK's own encoder writes version 0 whatever the payload is.
 * Throws on a malformed content topic.
 */
export class OpaqueEncoder implements IEncoder {
  readonly contentTopic: string;
  readonly ephemeral: boolean;
  readonly routingInfo: IRoutingInfo;
  readonly pubsubTopic: string;
  private readonly frame: OutboundFrame;

  constructor(frame: OutboundFrame, network: ShardingRule) {
    this.frame = frame;
    this.contentTopic = frame.contentTopic;
    this.ephemeral = frame.ephemeral;
    this.routingInfo = createRoutingInfo(networkConfigOf(network), { contentTopic: frame.contentTopic });
    this.pubsubTopic = this.routingInfo.pubsubTopic;
  }

  async toProtoObj(): Promise<IProtoMessage> {
    return toWakuMessage(this.frame) as IProtoMessage;
  }

  async toWire(): Promise<Uint8Array> {
    return proto_message.WakuMessage.encode(toWakuMessage(this.frame));
  }
}

/** Hands the SDK's messages on whatever their version is. The SDK's own decoder drops all but version 0. */
export class OpaqueDecoder implements IDecoder<IDecodedMessage> {
  readonly contentTopic: string;
  readonly pubsubTopic: string;

  constructor(contentTopic: string, pubsubTopic: string) {
    this.contentTopic = contentTopic;
    this.pubsubTopic = pubsubTopic;
  }

  async fromWireToProtoObj(bytes: Uint8Array): Promise<IProtoMessage> {
    return proto_message.WakuMessage.decode(bytes) as IProtoMessage;
  }

  /** By our own pubsub topic, not by the one a Store names: it is part of the hash. */
  async fromProtoObj(_pubsubTopic: string, message: IProtoMessage): Promise<IDecodedMessage> {
    return new messages.version_0.DecodedMessage(this.pubsubTopic, message as WakuMessage);
  }
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

import { createHash } from "node:crypto";
import { type GossipSub, type GossipSubComponents, gossipsub } from "@chainsafe/libp2p-gossipsub";
import { type Message, type PeerId, TopicValidatorResult } from "@libp2p/interface";
import { proto_message } from "@waku/proto";
import { MAX_WAKU_MESSAGE_BYTES, RELAY_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import type { ShardingRule, WakuMessage } from "../../../src/transport/waku/wire/wire.ts";
import { clockSkewMs } from "../limits/clock-skew.ts";

/** Called once for each message that passes the relay, published here or by another relay. */
export type RelayListener = (pubsubTopic: string, message: WakuMessage) => void;

/** The libp2p service: gossipsub as Waku relay (specification 11) configures it. */
export function relayService(): (components: GossipSubComponents) => GossipSub {
  const create = gossipsub({
    globalSignaturePolicy: "StrictNoSign",
    fallbackToFloodsub: false,
    allowPublishToZeroTopicPeers: true,
    // One path for own and foreign messages: what is published comes back as an event.
    emitSelf: true,
    msgIdFn: (message: Message) => createHash("sha256").update(message.data).digest(),
  });
  return (components) => {
    const service = create(components) as GossipSub;
    // Registered when the node starts, hence before.
    service.multicodecs = [RELAY_CODEC];
    return service;
  };
}

/** Subscribes to every shard of the network. */
export class Relay {
  private readonly pubsub: GossipSub;
  private readonly ownPeer: string;

  constructor(pubsub: GossipSub, ownPeer: PeerId) {
    this.pubsub = pubsub;
    this.ownPeer = ownPeer.toString();
  }

  /** Messages of other relays whose timestamp is further than `maxClockSkewMs` off this node's clock are ignored. */
  start(rule: ShardingRule, maxClockSkewMs: number, listener: RelayListener): void {
    for (let shard = 0; shard < rule.shards; shard += 1) {
      const topic = `/waku/2/rs/${rule.clusterId}/${shard}`;
      this.pubsub.topicValidators.set(topic, (_peer, message) => validate(message, maxClockSkewMs));
      this.pubsub.subscribe(topic);
    }
    this.pubsub.addEventListener("message", (event) => {
      const message = decode(event.detail.data);
      if (message !== undefined) {
        listener(event.detail.topic, message);
      }
    });
  }

  /** Resolves to the number of other relays it was sent to; 0 for an identical message that was published before. */
  async publish(pubsubTopic: string, message: WakuMessage): Promise<number> {
    const data = proto_message.WakuMessage.encode(message);
    const result = await this.pubsub.publish(pubsubTopic, data, { ignoreDuplicatePublishError: true });
    return result.recipients.filter((peer) => peer.toString() !== this.ownPeer).length;
  }
}

function validate({ data }: Message, maxClockSkewMs: number): TopicValidatorResult {
  const message = data.length <= MAX_WAKU_MESSAGE_BYTES ? decode(data) : undefined;
  if (message === undefined) {
    return TopicValidatorResult.Reject;
  }
  // A relay that passes on what a wrong clock stamped is not to blame, so it is not counted against it.
  return Math.abs(clockSkewMs(message)) <= maxClockSkewMs ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore;
}

function decode(data: Uint8Array): WakuMessage | undefined {
  try {
    return proto_message.WakuMessage.decode(data);
  } catch {
    return undefined;
  }
}

import type { Libp2p, PeerId } from "@libp2p/interface";
import { proto_filter_v2 as proto } from "@waku/proto";
import type { ShardingRule, WakuMessage } from "../../src/transport/waku/wire/wire.ts";
import type { RequestHandler } from "./framing.ts";
import { isServed } from "./lightpush.ts";
import type { ServiceLimits } from "./limits.ts";
import { PushStream } from "./push-stream.ts";
import { RateLimiter } from "./rate-limiter.ts";

/** A subscription that its subscriber does not refresh by a ping (every 60 s by habit) ends after this long. */
const SUBSCRIPTION_TTL_MS = 5 * 60_000;
const SWEEP_INTERVAL_MS = 30_000;

const OK = 200;
const BAD_REQUEST = 400;
const NOT_FOUND = 404;
const TOO_MANY = 429;
const UNAVAILABLE = 503;

interface Subscriber {
  /** Pubsub topic and content topic, joined. */
  criteria: Set<string>;
  readonly pushes: PushStream;
  expiresAt: number;
}

type Verdict = readonly [statusCode: number, statusDesc: string];

/** Waku filter (specification 12): keeps who wants which content topics and pushes matching messages to them. */
export class FilterService {
  private readonly libp2p: Libp2p;
  private readonly rule: ShardingRule;
  private readonly log: (line: string) => void;
  private readonly limits: ServiceLimits;
  private readonly rate: RateLimiter;
  private readonly subscribers = new Map<string, Subscriber>();
  private readonly sweeper: NodeJS.Timeout;

  constructor(libp2p: Libp2p, rule: ShardingRule, limits: ServiceLimits, log: (line: string) => void) {
    this.libp2p = libp2p;
    this.rule = rule;
    this.limits = limits;
    this.rate = new RateLimiter(limits.filter);
    this.log = log;
    this.sweeper = setInterval(() => this.dropExpired(Date.now()), SWEEP_INTERVAL_MS);
    // The peer's connection is gone and its push stream with it; on return it subscribes anew.
    libp2p.addEventListener("peer:disconnect", (event) => this.drop(event.detail.toString()));
  }

  readonly handler: RequestHandler = (body, peer) => {
    const request = proto.FilterSubscribeRequest.decode(body);
    const [statusCode, statusDesc] = this.serve(request, peer);
    return proto.FilterSubscribeResponse.encode({ requestId: request.requestId, statusCode, statusDesc });
  };

  get subscriberCount(): number {
    return this.subscribers.size;
  }

  /** Queues the message for every subscriber of its topics; returns how many those are. */
  push(pubsubTopic: string, message: WakuMessage): number {
    const criterion = criterionOf(pubsubTopic, message.contentTopic);
    let body: Uint8Array | undefined;
    let count = 0;
    for (const subscriber of this.subscribers.values()) {
      if (subscriber.criteria.has(criterion)) {
        body ??= proto.MessagePush.encode({ pubsubTopic, wakuMessage: message });
        subscriber.pushes.push(body);
        count += 1;
      }
    }
    return count;
  }

  stop(): void {
    clearInterval(this.sweeper);
    for (const peer of [...this.subscribers.keys()]) {
      this.drop(peer);
    }
  }

  private serve(request: proto.FilterSubscribeRequest, peer: PeerId): Verdict {
    const types = proto.FilterSubscribeRequest.FilterSubscribeType;
    if (!this.rate.admits(peer.toString())) {
      return [TOO_MANY, "too many requests in a short time; wait a moment"];
    }
    switch (request.filterSubscribeType) {
      case types.SUBSCRIBER_PING:
        return this.refresh(peer.toString());
      case types.SUBSCRIBE:
        return this.subscribe(request, peer);
      case types.UNSUBSCRIBE:
        return this.unsubscribe(request, peer.toString());
      case types.UNSUBSCRIBE_ALL:
        return this.drop(peer.toString()) ? [OK, "OK"] : [NOT_FOUND, "you have no subscription"];
    }
  }

  private refresh(peer: string): Verdict {
    const subscriber = this.subscribers.get(peer);
    if (subscriber === undefined) {
      return [NOT_FOUND, "you have no subscription"];
    }
    subscriber.expiresAt = Date.now() + SUBSCRIPTION_TTL_MS;
    return [OK, "OK"];
  }

  private subscribe(request: proto.FilterSubscribeRequest, peer: PeerId): Verdict {
    const { pubsubTopic, contentTopics } = request;
    if (pubsubTopic === undefined || contentTopics.length === 0) {
      return [BAD_REQUEST, "a subscription needs a pubsub topic and content topics"];
    }
    if (!isServed(pubsubTopic, this.rule)) {
      return [BAD_REQUEST, `this node does not serve ${pubsubTopic}`];
    }
    const known = this.subscribers.get(peer.toString());
    if (known === undefined && this.subscribers.size >= this.limits.subscribers) {
      return [UNAVAILABLE, "this node has reached its maximum number of subscribers"];
    }
    const criteria = new Set(known?.criteria);
    for (const contentTopic of contentTopics) {
      criteria.add(criterionOf(pubsubTopic, contentTopic));
    }
    if (criteria.size > this.limits.criteriaPerSubscriber) {
      return [UNAVAILABLE, `more than ${this.limits.criteriaPerSubscriber} content topics`];
    }
    const subscriber = known ?? this.add(peer);
    subscriber.criteria = criteria;
    subscriber.expiresAt = Date.now() + SUBSCRIPTION_TTL_MS;
    this.log(`subscription of ${shortPeer(peer.toString())}: ${contentTopics.join(" ")}`);
    return [OK, "OK"];
  }

  private unsubscribe(request: proto.FilterSubscribeRequest, peer: string): Verdict {
    const subscriber = this.subscribers.get(peer);
    if (subscriber === undefined) {
      return [NOT_FOUND, "you have no subscription"];
    }
    for (const contentTopic of request.contentTopics) {
      subscriber.criteria.delete(criterionOf(request.pubsubTopic ?? "", contentTopic));
    }
    if (subscriber.criteria.size === 0) {
      this.drop(peer);
    }
    return [OK, "OK"];
  }

  private add(peer: PeerId): Subscriber {
    const key = peer.toString();
    // Dropped on failure: the subscriber's next ping is told so, and it subscribes again.
    const pushes: PushStream = new PushStream(this.libp2p, peer, () => {
      if (this.subscribers.get(key)?.pushes === pushes) {
        this.drop(key);
      }
    });
    const subscriber: Subscriber = { criteria: new Set(), pushes, expiresAt: 0 };
    this.subscribers.set(key, subscriber);
    return subscriber;
  }

  private drop(peer: string): boolean {
    const subscriber = this.subscribers.get(peer);
    this.subscribers.delete(peer);
    subscriber?.pushes.end();
    return subscriber !== undefined;
  }

  private dropExpired(now: number): void {
    for (const [peer, subscriber] of this.subscribers) {
      if (subscriber.expiresAt <= now) {
        this.log(`subscription of ${shortPeer(peer)} expired`);
        this.drop(peer);
      }
    }
  }
}

function criterionOf(pubsubTopic: string, contentTopic: string): string {
  return `${pubsubTopic} ${contentTopic}`;
}

/** The end of a peer id, enough to tell peers apart in a log. */
export function shortPeer(peer: string): string {
  return peer.slice(-6);
}

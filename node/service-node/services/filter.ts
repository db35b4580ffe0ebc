import type { Connection, Libp2p } from "@libp2p/interface";
import { proto_filter_v2 as proto } from "@waku/proto";
import type { ShardingRule, WakuMessage } from "../../../src/transport/waku/wire/wire.ts";
import type { ServiceLimits } from "../limits/limits.ts";
import { RateLimiter } from "../limits/rate-limiter.ts";
import { isServed } from "./lightpush.ts";
import { PushStream } from "./push-stream.ts";
import type { RequestHandler } from "./serve-requests.ts";

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
  pushes: PushStream;
  expiresAt: number;
}

type Verdict = readonly [statusCode: number, statusDesc: string];

/**
 * Waku filter (specification 12): keeps who wants which content topics and pushes matching messages to them.
 *
 * The connection to push over is the one that the subscriber last asked by. One that comes back is there again long
 * before this side learns that its old connection is dead; what went there would be lost without a word.
 */
export class FilterService {
  private readonly rule: ShardingRule;
  private readonly log: (line: string) => void;
  private readonly limits: ServiceLimits;
  private readonly rate: RateLimiter;
  private readonly now: () => number;
  private readonly subscribers = new Map<string, Subscriber>();
  private readonly sweeper: NodeJS.Timeout;

  /** `now` in milliseconds. */
  constructor(
    libp2p: Libp2p,
    rule: ShardingRule,
    limits: ServiceLimits,
    log: (line: string) => void,
    now: () => number = () => performance.now(),
  ) {
    this.rule = rule;
    this.limits = limits;
    this.rate = new RateLimiter(limits.filter);
    this.log = log;
    this.now = now;
    this.sweeper = setInterval(() => this.dropExpired(), SWEEP_INTERVAL_MS);
    libp2p.addEventListener("connection:close", ({ detail }) => this.dropOver(detail));
  }

  readonly handler: RequestHandler = (body, _peer, connection) => {
    const request = proto.FilterSubscribeRequest.decode(body);
    const [statusCode, statusDesc] = this.serve(request, connection);
    return proto.FilterSubscribeResponse.encode({ requestId: request.requestId, statusCode, statusDesc });
  };

  get subscriberCount(): number {
    return this.subscribers.size;
  }

  /** Queues the message for every subscriber of its topics; returns how many those are. */
  push(pubsubTopic: string, message: WakuMessage): number {
    this.dropExpired();
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

  private serve(request: proto.FilterSubscribeRequest, connection: Connection): Verdict {
    const types = proto.FilterSubscribeRequest.FilterSubscribeType;
    const peer = connection.remotePeer.toString();
    if (!this.rate.admits(peer)) {
      return [TOO_MANY, "too many requests in a short time; wait a moment"];
    }
    if (connection.status !== "open") {
      // Its close has been dealt with: nothing may be left behind that hangs on it.
      return [UNAVAILABLE, "the connection has ended"];
    }
    this.dropExpired();
    switch (request.filterSubscribeType) {
      case types.SUBSCRIBER_PING:
        return this.refresh(peer, connection);
      case types.SUBSCRIBE:
        return this.subscribe(request, peer, connection);
      case types.UNSUBSCRIBE:
        return this.unsubscribe(request, peer);
      case types.UNSUBSCRIBE_ALL:
        return this.drop(peer) ? [OK, "OK"] : [NOT_FOUND, "you have no subscription"];
    }
  }

  private refresh(peer: string, connection: Connection): Verdict {
    const subscriber = this.subscribers.get(peer);
    if (subscriber === undefined) {
      return [NOT_FOUND, "you have no subscription"];
    }
    this.keep(subscriber, connection);
    return [OK, "OK"];
  }

  /** For another while, and from now on over this connection. */
  private keep(subscriber: Subscriber, connection: Connection): void {
    subscriber.expiresAt = this.now() + SUBSCRIPTION_TTL_MS;
    if (subscriber.pushes.connection !== connection) {
      subscriber.pushes.finish();
      subscriber.pushes = this.pushesOver(connection);
    }
  }

  private subscribe(request: proto.FilterSubscribeRequest, peer: string, connection: Connection): Verdict {
    const { pubsubTopic, contentTopics } = request;
    if (pubsubTopic === undefined || contentTopics.length === 0) {
      return [BAD_REQUEST, "a subscription needs a pubsub topic and content topics"];
    }
    if (!isServed(pubsubTopic, this.rule)) {
      return [BAD_REQUEST, `this node does not serve ${pubsubTopic}`];
    }
    const known = this.subscribers.get(peer);
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
    const subscriber = known ?? { criteria, pushes: this.pushesOver(connection), expiresAt: 0 };
    subscriber.criteria = criteria;
    this.subscribers.set(peer, subscriber);
    this.keep(subscriber, connection);
    this.log(`subscription of ${shortPeer(peer)}: ${contentTopics.join(" ")}`);
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

  /** A subscription whose pushes fail is dropped: the subscriber's next ping is told so, and it subscribes again. */
  private pushesOver(connection: Connection): PushStream {
    return new PushStream(connection, () => this.dropOver(connection));
  }

  /** The push stream is gone with its connection; a subscription that went over to another one is not. */
  private dropOver(connection: Connection): void {
    const peer = connection.remotePeer.toString();
    if (this.subscribers.get(peer)?.pushes.connection === connection) {
      this.drop(peer);
    }
  }

  private drop(peer: string): boolean {
    const subscriber = this.subscribers.get(peer);
    this.subscribers.delete(peer);
    subscriber?.pushes.end();
    return subscriber !== undefined;
  }

  private dropExpired(): void {
    const now = this.now();
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

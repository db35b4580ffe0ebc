import type { PeerId } from "@libp2p/interface";
import { proto_lightpush } from "@waku/proto";
import { MAX_WAKU_MESSAGE_BYTES } from "../../../src/transport/waku/wire/codecs.ts";
import {
  encodedSize,
  pubsubTopicOf,
  type ShardingRule,
  type WakuMessage,
} from "../../../src/transport/waku/wire/wire.ts";
import { clockSkewMs, describeSkew } from "../limits/clock-skew.ts";
import type { RateLimiter } from "../limits/rate-limiter.ts";
import type { RequestHandler } from "./serve-requests.ts";

/** Hands a message to the relay. Resolves to the number of relay peers it went to. Rejects when the relay refuses. */
export type RelayPublish = (pubsubTopic: string, message: WakuMessage) => Promise<number>;

export interface LightpushOptions {
  readonly rule: ShardingRule;
  readonly publish: RelayPublish;
  /** Shared by both versions of the protocol. */
  readonly rate: RateLimiter;
  /** Messages whose timestamp is further off this node's clock are refused. */
  readonly maxClockSkewMs: number;
}

interface Outcome {
  readonly statusCode: number;
  readonly statusDesc: string;
  readonly relayPeerCount?: number;
}

const OK = 200;
const BAD_REQUEST = 400;
const TOO_LARGE = 413;
const INVALID_MESSAGE = 420;
const UNSUPPORTED_TOPIC = 421;
const TOO_MANY = 429;
const INTERNAL_ERROR = 500;

/** Waku lightpush v3 (specification 19). A node without relay peers accepts too: its own subscribers are an audience. */
export function lightpushHandler(options: LightpushOptions): RequestHandler {
  return async (body, peer) => {
    const request = proto_lightpush.LightPushRequestV3.decode(body);
    const outcome = await push(options, peer, request.pubsubTopic, request.message);
    return proto_lightpush.LightPushResponseV3.encode({ requestId: request.requestId, ...outcome });
  };
}

/** The version before, which older light clients still speak. */
export function lightpushV2Handler(options: LightpushOptions): RequestHandler {
  return async (body, peer) => {
    const rpc = proto_lightpush.PushRpc.decode(body);
    const outcome = await push(options, peer, rpc.request?.pubsubTopic, rpc.request?.message);
    const response = { isSuccess: outcome.statusCode === OK, info: outcome.statusDesc };
    return proto_lightpush.PushRpc.encode({ requestId: rpc.requestId, response });
  };
}

async function push(
  options: LightpushOptions,
  peer: PeerId,
  givenTopic: string | undefined,
  message: WakuMessage | undefined,
): Promise<Outcome> {
  const { rule, publish, rate } = options;
  if (!rate.admits(peer.toString())) {
    return { statusCode: TOO_MANY, statusDesc: "too many messages in a short time; wait a moment" };
  }
  if (message === undefined) {
    return { statusCode: BAD_REQUEST, statusDesc: "the request holds no message" };
  }
  const pubsubTopic = givenTopic || derivedTopic(message, rule);
  if (pubsubTopic === undefined) {
    return { statusCode: BAD_REQUEST, statusDesc: "the content topic is malformed" };
  }
  if (!isServed(pubsubTopic, rule)) {
    return { statusCode: UNSUPPORTED_TOPIC, statusDesc: `this node does not serve ${pubsubTopic}` };
  }
  const bytes = encodedSize(message);
  if (bytes > MAX_WAKU_MESSAGE_BYTES) {
    return { statusCode: TOO_LARGE, statusDesc: `${bytes} bytes are above the limit of ${MAX_WAKU_MESSAGE_BYTES}` };
  }
  const skew = clockSkewMs(message);
  if (Math.abs(skew) > options.maxClockSkewMs) {
    const allowed = `${options.maxClockSkewMs / 1_000} s are allowed`;
    const statusDesc = `the timestamp is ${describeSkew(skew)} this node's clock, ${allowed}: check the clocks`;
    return { statusCode: INVALID_MESSAGE, statusDesc };
  }
  try {
    return { statusCode: OK, statusDesc: "OK", relayPeerCount: await publish(pubsubTopic, message) };
  } catch (error) {
    return { statusCode: INTERNAL_ERROR, statusDesc: error instanceof Error ? error.message : String(error) };
  }
}

function derivedTopic(message: WakuMessage, rule: ShardingRule): string | undefined {
  try {
    return pubsubTopicOf(message.contentTopic, rule);
  } catch {
    return undefined;
  }
}

/** True if `pubsubTopic` is one of the shards of the rule's cluster. */
export function isServed(pubsubTopic: string, rule: ShardingRule): boolean {
  const match = /^\/waku\/2\/rs\/(\d+)\/(\d+)$/.exec(pubsubTopic);
  return match !== null && Number(match[1]) === rule.clusterId && Number(match[2]) < rule.shards;
}

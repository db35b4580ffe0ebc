import { type ILightPush, LightPushError, type LightPushFailure } from "@waku/interfaces";
import { type OutboundFrame, type PublishReceipt, TransportError } from "../port.ts";
import type { LightpushAnswers } from "./node/lightpush-answers.ts";
import { worthiestError } from "./wire/errors.ts";
import type { WakuNetwork } from "./wire/local-network.ts";
import { createOpaqueEncoder } from "./wire/opaque-codec.ts";
import { toWakuMessage, wakuMessageHash } from "./wire/wire.ts";

/** What publishing needs of a `GuardedNode`. */
export interface PublishingNode {
  readonly sdk: { readonly lightPush: Pick<ILightPush, "send"> };
  readonly answers: LightpushAnswers;
}

/**
 * Hands one message to the service nodes through the SDK's lightpush. Resolves as soon as one of them says that it took
 * the message; throws `TransportError` when none did.
 */
export async function pushToNetwork(
  node: PublishingNode,
  frame: OutboundFrame,
  network: WakuNetwork,
): Promise<PublishReceipt> {
  const encoder = createOpaqueEncoder(frame, network);
  const hash = wakuMessageHash(toWakuMessage(frame), encoder.pubsubTopic);
  const { accepted, refusals, forget } = node.answers.expect(hash);
  try {
    // Without autoRetry: the SDK's retries go on after it said that it failed, a few times, and then lose the message.
    const sent = node.sdk.lightPush.send(encoder, { payload: frame.payload }, { autoRetry: false });
    const decided = sent.then(({ successes, failures }) => {
      // An empty list of failures means nothing: only a service node's word counts.
      if (successes.length === 0) throw worthiestError([...refusals, ...failures.map(explain)]);
    });
    decided.catch(() => undefined);
    await Promise.race([accepted, decided]);
    return { hash };
  } finally {
    forget();
  }
}

function explain({ error }: LightPushFailure): TransportError {
  switch (error) {
    case LightPushError.NO_PEER_AVAILABLE:
      return new TransportError(
        "rejected",
        "the service node has no lightpush v3, or does not serve the shard of this topic; use another one",
      );
    case LightPushError.NO_STREAM_AVAILABLE:
    case LightPushError.STREAM_ABORTED:
    case LightPushError.NO_RESPONSE:
      return new TransportError("offline", "the connection to the service node broke; it is being restored");
    case LightPushError.SIZE_TOO_BIG:
    case LightPushError.PAYLOAD_TOO_LARGE:
      return new TransportError("too-large", "the message is above the limit of the network; shorten it");
    case LightPushError.DECODE_FAILED:
      return new TransportError("rejected", "the service node's answer makes no sense; use another one");
    default:
      return new TransportError("rejected", `the message was not taken: ${error.toLowerCase()}`);
  }
}

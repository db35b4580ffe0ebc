import { inputOf, readIncoming, type TrailerToVerify } from "../../src/channel/receiving/incoming.ts";
import { inUsefulOrder } from "../../src/channel/receiving/trailer-queue.ts";
import { createStepChecks, type StepChecks } from "../../src/channel/running/step-checks.ts";
import { parentLamportsOf } from "../../src/identity/authors/envelope.ts";
import { decodeEnvelope } from "../../src/identity/authors/envelope-codec.ts";
import { splitTrailer } from "../../src/identity/authors/trailer.ts";
import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import type { ChannelState } from "../../src/sds/channel-state.ts";
import type { Effect } from "../../src/sds/io/effect.ts";
import type { StoredChannel } from "../../src/sds/io/records.ts";
import type { ChannelIdentity, Environment } from "../../src/sds/io/step-context.ts";
import type { StepInput } from "../../src/sds/io/step-input.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../../src/sds/parameters/parameters.ts";
import { addsNothing } from "../../src/sds/receive/receive-claim.ts";
import { restore } from "../../src/sds/restore.ts";
import { nextWakeAt } from "../../src/sds/schedules.ts";
import { step } from "../../src/sds/step.ts";
import { specCodec } from "../../src/sds/wire/codec.ts";
import { isIdOf } from "../../src/sds/wire/message-id.ts";
import { authorOf, CHANNEL, type Sent, START } from "./traffic.ts";

const EMPTY: StoredChannel = { messages: [], outbox: [], participants: [], holes: [], meta: {} };

export const me = authorOf(0);

export const identity: ChannelIdentity = {
  channelId: CHANNEL,
  self: me.id,
  publicKey: me.signer.publicKey,
  profile: "community",
  parameters: CHANNEL_PARAMETER_DEFAULTS,
};

/** The real protocol core of one participant who is online; what it wants written and sent is counted and dropped. */
export class OurChannel {
  readonly state: ChannelState;
  readonly #checks: StepChecks;
  readonly #random = createSeededRandom(1);
  readonly #env: { now: number; readonly random: () => number };
  /** The wall time at which it wants to be woken. */
  #wakeAt = Number.POSITIVE_INFINITY;
  readonly onEffect: (effect: Effect) => void;

  constructor(
    stored: StoredChannel = EMPTY,
    onEffect: (effect: Effect) => void = () => {},
    who: ChannelIdentity = identity,
  ) {
    this.#env = { now: START, random: () => this.#random.next() };
    this.onEffect = onEffect;
    this.state = restore(who, stored, this.#env).state;
    this.#checks = createStepChecks(this.state);
    this.dispatch({ kind: "connection", online: true });
  }

  get env(): Environment {
    return this.#env;
  }

  set now(now: number) {
    this.#env.now = now;
  }

  /** Decodes, checks the id, and takes the step; like the channel it then asks for its next wake, and wakes it. */
  receive({ lamport, bytes }: Sent): void {
    this.#env.now = lamport + 1;
    this.dispatch(readUnverified(bytes));
  }

  /** The same with the author's signature verified, as the channel does it; the trailer is for later. */
  receiveVerified({ lamport, bytes }: Sent): TrailerToVerify {
    this.#env.now = lamport + 1;
    const context = { channelId: CHANNEL, profile: "community", held: () => undefined } as const;
    const incoming = readIncoming(bytes, "live", undefined, context);
    if (incoming.kind !== "input" || incoming.trailer === null) throw new Error("The traffic is signed content only.");
    this.dispatch(incoming.input);
    return incoming.trailer;
  }

  /** What the channel does behind the delivery with the trailers of a batch; how many needed a verdict. */
  verifyBatch(trailers: readonly TrailerToVerify[]): number {
    let verdicts = 0;
    for (const trailer of inUsefulOrder(trailers)) {
      if (addsNothing(this.state, trailer.claim)) continue;
      verdicts++;
      if (trailer.verify() !== null) throw new Error("The traffic is signed.");
      this.dispatch(inputOf(trailer));
    }
    return verdicts;
  }

  dispatch(input: StepInput): void {
    if (this.#wakeAt <= this.#env.now) this.#step({ kind: "wake" });
    this.#step(input);
    this.#wakeAt = nextWakeAt(this.state, this.#env.now);
  }

  #step(input: StepInput): void {
    const seqBefore = this.state.ledger.seq;
    const effects = step(this.state, input, this.#env);
    this.#checks.after(effects, seqBefore, this.#env.now);
    for (const effect of effects) this.onEffect(effect);
  }
}

/** `readIncoming` without its two signature verdicts: everything else of it, so that the rest can be timed alone. */
export function readUnverified(bytes: Uint8Array): StepInput {
  const decoded = specCodec.decode(bytes);
  if (!decoded.ok || decoded.message.kind !== "content") throw new Error("The traffic is content only.");
  const { message } = decoded;
  if (!isIdOf(message.messageId, message.content)) throw new Error("Wrong id.");
  const envelope = decodeEnvelope(message.content);
  const split = splitTrailer(bytes);
  if (envelope === null || split === null || typeof message.lamport !== "number") throw new Error("Not of ours.");
  const { senderId: sender, lamport, causalHistory } = message;
  const publicKey = envelope.publicKey;
  const lamports = parentLamportsOf(envelope, lamport);
  const { completeSince } = split.trailer;
  return {
    kind: "receive-content",
    content: {
      id: message.messageId,
      lamport,
      sender,
      signed: true,
      publicKey,
      bytes,
      authorSeq: envelope.authorSeq,
      type: envelope.type,
      composedAt: envelope.composedAt,
      parents: causalHistory.map(({ messageId, retrievalHint }, index) => ({
        id: messageId,
        lamport: lamports[index] ?? null,
        hint: retrievalHint,
      })),
      profileName: null,
    },
    claim: {
      sender,
      signed: true,
      publicKey,
      by: "content",
      lamport,
      completeSince,
      listed: causalHistory,
      repairRequests: message.repairRequests,
      receiptsWantedFrom: null,
    },
    source: "live",
    hint: undefined,
  };
}

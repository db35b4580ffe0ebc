import { composeContent, composeSync } from "../../src/channel/sending/compose.ts";
import { appendTrailer } from "../../src/identity/authors/trailer.ts";
import { createNobleSigner } from "../../src/identity/keys/noble-signer.ts";
import { senderIdOf } from "../../src/identity/keys/sender-id.ts";
import type { Signer } from "../../src/identity/port.ts";
import { contentTopicOf } from "../../src/identity/secrecy/content-topic.ts";
import { encryptPayload } from "../../src/identity/secrecy/payload-encryption.ts";
import type { Random } from "../../src/runtime/port.ts";
import type { SyncDraft } from "../../src/sds/io/effect.ts";
import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import { specCodec } from "../../src/sds/wire/codec.ts";
import { asMessageId, type ChannelId, type ParticipantId } from "../../src/sds/wire/ids.ts";
import type { ContentMessage } from "../../src/sds/wire/message.ts";
import type { SimParticipant } from "../core/members/participant.ts";
import { encodeContent, encodeSync } from "../core/network/frame.ts";
import type { Air } from "./air.ts";

const LIES = [
  "unsigned-content",
  "unsigned-claim",
  "other-key",
  "small-order-content",
  "small-order-claim",
  "flipped-bit",
  "squatted-id",
  "other-time",
  "other-sender",
  "replay",
  "noise",
] as const;
type Lie = (typeof LIES)[number];

/** The neutral point of the curve. A careless verifier takes it for a key under which one signature fits everything. */
const NEUTRAL_POINT = Uint8Array.of(1, ...new Uint8Array(31));
const SMALL_ORDER: Signer = {
  publicKey: NEUTRAL_POINT,
  sign: async () => Uint8Array.of(...NEUTRAL_POINT, ...new Uint8Array(32)),
};

/**
 * Has the channel's key, so it can encrypt, and no member's signing key: everything it says must be refused, since its
 * keys, signatures, ids or bytes are wrong, or is nothing new.
 */
export class ByteLiar {
  readonly index = 1_000;
  readonly #air: Air;
  readonly #key: Uint8Array;
  readonly #channelId: ChannelId;
  readonly #random: Random;
  readonly #members: readonly SimParticipant[];

  constructor(air: Air, key: Uint8Array, channelId: ChannelId, random: Random, members: readonly SimParticipant[]) {
    this.#air = air;
    this.#key = key;
    this.#channelId = channelId;
    this.#random = random;
    this.#members = members;
  }

  async act(): Promise<void> {
    const lie = this.#pick(LIES);
    const victim = this.#pick(this.#members);
    if (lie === undefined || victim === undefined || !victim.running) return;
    const bytes = await this.#lie(lie, victim);
    if (bytes === null) return;
    const contentTopic = contentTopicOf(this.#key);
    const payload = await encryptPayload(this.#key, bytes);
    const timestamp = this.#air.clock.now();
    this.#air.broadcast(this.index, { contentTopic, payload, version: 1, ephemeral: false, timestamp });
  }

  async #lie(lie: Lie, victim: SimParticipant): Promise<Uint8Array | null> {
    const { speaker } = victim;
    switch (lie) {
      case "unsigned-content":
        // In the victim's name, with a signature of zeros.
        return encodeContent(speaker, { ...this.#words(), completeSince: 0, bloomFilter: undefined }).bytes;
      case "unsigned-claim":
        return encodeSync(speaker, this.#claim(victim));
      case "other-key": {
        // Signed by somebody, but not by whom it names.
        const signer = createNobleSigner(this.#random.bytes(32));
        const message = specCodec.encode({ ...this.#sync(victim, speaker.self) });
        return appendTrailer(message, { flags: 0, completeSince: 0, publicKey: speaker.publicKey }, signer);
      }
      case "small-order-content": {
        const { body, composedAt, lamport } = this.#words();
        const preparation = { authorSeq: 1, lamport, parents: [], completeSince: 0, bloomFilter: undefined };
        return (await composeContent(this.#nobody(), preparation, MESSAGE_TYPE.chat, body, composedAt)).bytes;
      }
      case "small-order-claim":
        return composeSync(this.#nobody(), this.#claim(victim));
      case "flipped-bit": {
        const damaged = this.#heldBytes(victim)?.slice();
        if (damaged === undefined) return null;
        const at = Math.floor(this.#random.next() * damaged.length);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(this.#random.next() * 8));
        return damaged;
      }
      case "squatted-id":
        // Other words under an id that exists.
        return this.#changed(victim, { content: this.#random.bytes(40) });
      case "other-time":
        return this.#changed(victim, { lamport: this.#air.clock.now() + 1 });
      case "other-sender":
        return this.#changed(victim, { senderId: this.#pick(this.#members)?.speaker.self ?? speaker.self });
      case "replay":
        return this.#heldBytes(victim);
      case "noise":
        return this.#random.bytes(1 + Math.floor(this.#random.next() * 400));
    }
  }

  #pick<T>(all: readonly T[]): T | undefined {
    return all[Math.floor(this.#random.next() * all.length)];
  }

  /** Somebody whose key has no secret. */
  #nobody() {
    const channelId = this.#channelId;
    return { channelId, self: senderIdOf(channelId, NEUTRAL_POINT), signer: SMALL_ORDER };
  }

  #words() {
    const lamport = this.#air.clock.now();
    const body = new TextEncoder().encode("I never said this");
    return { authorSeq: 1, lamport, parents: [], type: 1, composedAt: lamport, body };
  }

  #sync(victim: SimParticipant, senderId: ParticipantId) {
    const { messageId, lamport, causalHistory } = this.#claim(victim);
    const channelId = this.#channelId;
    return {
      ...({ kind: "sync", senderId, messageId, channelId, lamport, causalHistory } as const),
      ...{ repairRequests: [], bloomFilter: undefined },
    };
  }

  /** Everything that the victim holds. */
  #claim({ state }: SimParticipant): SyncDraft {
    const lamport = this.#air.clock.now();
    return {
      ...{ messageId: asMessageId(lamport.toString(36)), lamport, completeSince: 0, bloomFilter: undefined },
      causalHistory: [...state.log.entries.keys()].slice(-64).map((messageId) => ({ messageId })),
      ...{ repairRequests: [], receiptsWantedFrom: null, checkpoint: false },
    };
  }

  #heldBytes({ state, disk }: SimParticipant): Uint8Array | null {
    const id = this.#pick([...state.log.entries.keys()]);
    return id === undefined ? null : disk.body(id);
  }

  /** A message that exists, with something in it changed and whatever was signed left as it is. */
  #changed(victim: SimParticipant, change: Partial<ContentMessage>): Uint8Array | null {
    const bytes = this.#heldBytes(victim);
    const decoded = bytes === null ? null : specCodec.decode(bytes);
    if (decoded?.ok !== true || decoded.message.kind !== "content") return null;
    return specCodec.encode({ ...decoded.message, ...change });
  }
}

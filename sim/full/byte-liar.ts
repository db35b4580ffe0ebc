import { contentTopicOf } from "../../src/identity/content-topic.ts";
import { createNobleSigner } from "../../src/identity/noble-signer.ts";
import { encryptPayload } from "../../src/identity/payload-encryption.ts";
import { appendTrailer } from "../../src/identity/trailer.ts";
import type { Random } from "../../src/runtime/port.ts";
import { specCodec } from "../../src/sds/codec.ts";
import { asMessageId, type ChannelId } from "../../src/sds/ids.ts";
import { encodeContent, encodeSync } from "../core/frame.ts";
import type { SimParticipant } from "../core/participant.ts";
import type { Air } from "./air.ts";

/**
 * Has the channel's key, so it can encrypt, and no member's signing key: everything it says must be refused, since its
 * signatures, ids or bytes are wrong.
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
    const bytes = await this.#lie();
    if (bytes === null) return;
    const contentTopic = contentTopicOf(this.#key);
    const payload = await encryptPayload(this.#key, bytes);
    const timestamp = this.#air.clock.now();
    this.#air.broadcast(this.index, { contentTopic, payload, version: 1, ephemeral: false, timestamp });
  }

  async #lie(): Promise<Uint8Array | null> {
    const victim = this.#members[Math.floor(this.#random.next() * this.#members.length)];
    if (victim === undefined || !victim.running) return null;
    const { speaker } = victim;
    const lamport = this.#air.clock.now();
    const body = new TextEncoder().encode("I never said this");
    const content = {
      authorSeq: 1,
      lamport,
      parents: [],
      completeSince: 0,
      bloomFilter: undefined,
      type: 1,
      composedAt: lamport,
      body,
    };
    const listed = [...victim.state.entries.keys()].slice(-64).map((messageId) => ({ messageId }));
    switch (Math.floor(this.#random.next() * 5)) {
      case 0:
        // In the victim's name, with a signature of zeros.
        return encodeContent(speaker, content).bytes;
      case 1:
        return encodeSync(speaker, {
          ...{ messageId: asMessageId(lamport.toString(36)), lamport, causalHistory: listed, completeSince: 0 },
          ...{ bloomFilter: undefined, repairRequests: [], receiptsWantedFrom: null },
        });
      case 2: {
        // Signed by somebody, but not by whom it names.
        const message = specCodec.encode({
          ...{ kind: "sync", senderId: speaker.self, messageId: asMessageId("x"), channelId: this.#channelId, lamport },
          ...{ causalHistory: listed, repairRequests: [], bloomFilter: undefined },
        });
        const signer = createNobleSigner(this.#random.bytes(32));
        return appendTrailer(message, { flags: 0, completeSince: 0, publicKey: speaker.publicKey }, signer);
      }
      case 3: {
        const [id] = victim.state.entries.keys();
        const held = id === undefined ? undefined : victim.disk.body(id);
        if (held === undefined || held === null) return null;
        const damaged = held.slice();
        const at = Math.floor(this.#random.next() * damaged.length);
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        return damaged;
      }
      default:
        return this.#random.bytes(1 + Math.floor(this.#random.next() * 400));
    }
  }
}

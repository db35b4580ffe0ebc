import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { composeContent } from "../../src/channel/sending/compose.ts";
import { encodeEnvelope } from "../../src/identity/authors/envelope-codec.ts";
import { TRAILER_FIELD, TRAILER_VERSION } from "../../src/identity/authors/trailer.ts";
import { senderIdOf } from "../../src/identity/keys/sender-id.ts";
import type { Signer } from "../../src/identity/port.ts";
import type { ParentReference } from "../../src/sds/io/records.ts";
import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import { specCodec } from "../../src/sds/wire/codec.ts";
import { asChannelId, type MessageId, type ParticipantId } from "../../src/sds/wire/ids.ts";
import { messageIdOf } from "../../src/sds/wire/message-id.ts";
import { ProtobufWriter } from "../../src/sds/wire/protobuf.ts";

export const CHANNEL = asChannelId("AAECAwQFBgcICQoLDA0ODw");
/** Lamport timestamp (and wall time) of the first message. */
export const START = 1_760_000_000_000;
/** Messages follow each other at this distance. */
export const SPACING_MS = 10;
export const COMPLETE_SINCE = START - 600_000;
/** 100 bytes of text: what people write, and what the peer was measured with. */
export const TEXT_BYTES = 100;

export interface Author {
  readonly id: ParticipantId;
  readonly signer: Signer;
}

/** A message as others get it. */
export interface Sent {
  readonly id: MessageId;
  readonly lamport: number;
  readonly bytes: Uint8Array;
}

export interface TrafficOptions {
  readonly authors: number;
  /** Causes of each message: the ones before it. */
  readonly dependencies: number;
  /** Causes carry the 32-byte hash under which a Store has them. */
  readonly hints?: boolean;
}

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Ed25519 by Node, the same key for the same number. */
export function authorOf(number: number, channel = CHANNEL): Author {
  const seed = Buffer.alloc(32, number + 1);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  const publicKey = Uint8Array.from(Buffer.from(x, "base64url"));
  const signer: Signer = { publicKey, sign: async (message) => Uint8Array.from(sign(null, message, privateKey)) };
  return { id: senderIdOf(channel, publicKey), signer };
}

const AUTHORS = new Map<number, Author>();
function author(number: number): Author {
  const known = AUTHORS.get(number) ?? authorOf(number);
  AUTHORS.set(number, known);
  return known;
}

/** A channel in which authors take turns and each message names the ones before it as its causes. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #recent: ParentReference[] = [];
  #count = 0;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** The next message names this one too. */
  follow(parent: ParentReference): void {
    this.#recent.push(parent);
    if (this.#recent.length > this.#options.dependencies) this.#recent.shift();
  }

  /** The next message is later than this. */
  skipTo(lamport: number): void {
    this.#count = Math.max(this.#count, Math.floor((lamport - START) / SPACING_MS) + 1);
  }

  /** The next message with all its parts, but zeros for signatures: for receivers that do not verify. */
  next(): Sent {
    const { lamport, from, body, authorSeq } = this.#prepare();
    const content = encodeEnvelope({
      version: 1,
      publicKey: from.signer.publicKey,
      authorSeq,
      composedAt: lamport,
      type: MESSAGE_TYPE.chat,
      body,
      parentDeltas: this.#recent.map((parent) => lamport - (parent.lamport ?? 0)),
      signature: NO_SIGNATURE,
    });
    const id = messageIdOf(content);
    const message = specCodec.encode({
      kind: "content",
      senderId: from.id,
      messageId: id,
      channelId: CHANNEL,
      lamport,
      causalHistory: this.#recent.map((parent) => ({ messageId: parent.id, retrievalHint: parent.hint })),
      repairRequests: [],
      bloomFilter: undefined,
      content,
    });
    return this.#sent(id, lamport, new ProtobufWriter(message.length + 96).raw(message).raw(TRAILER).finish());
  }

  /** The next message as the library composes it, signed twice. */
  async nextSigned(): Promise<Sent> {
    const { lamport, from, body, authorSeq } = this.#prepare();
    const { id, bytes } = await composeContent(
      { channelId: CHANNEL, self: from.id, signer: from.signer },
      {
        authorSeq,
        lamport,
        parents: [...this.#recent],
        completeSince: COMPLETE_SINCE,
        bloomFilter: undefined,
      },
      MESSAGE_TYPE.chat,
      body,
      lamport,
    );
    return this.#sent(id, lamport, bytes);
  }

  take(count: number): Sent[] {
    return Array.from({ length: count }, () => this.next());
  }

  async takeSigned(count: number): Promise<Sent[]> {
    const sent: Sent[] = [];
    while (sent.length < count) sent.push(await this.nextSigned());
    return sent;
  }

  #prepare() {
    const number = this.#count++;
    const lamport = START + number * SPACING_MS;
    const from = author(1 + (number % this.#options.authors));
    const authorSeq = 1 + Math.floor(number / this.#options.authors);
    return { lamport, from, authorSeq, body: textOf(number) };
  }

  #sent(id: MessageId, lamport: number, bytes: Uint8Array): Sent {
    const hint = this.#options.hints === true ? hintOf(lamport) : undefined;
    this.follow({ id, lamport, hint });
    return { id, lamport, bytes };
  }
}

const NO_SIGNATURE = new Uint8Array(64);
const TRAILER = new ProtobufWriter(96)
  .message(TRAILER_FIELD, (writer) => {
    writer.uint32(1, TRAILER_VERSION).uint32(2, 0).uint64(3, COMPLETE_SINCE).bytes(15, NO_SIGNATURE);
  })
  .finish();

/** `TEXT_BYTES` bytes, different for each number. */
export function textOf(number: number): Uint8Array {
  return new TextEncoder().encode(`Message ${number} `.padEnd(TEXT_BYTES, "of the benchmark "));
}

function hintOf(lamport: number): Uint8Array {
  const hint = new Uint8Array(32).fill(0xa5);
  new DataView(hint.buffer).setFloat64(0, lamport);
  return hint;
}

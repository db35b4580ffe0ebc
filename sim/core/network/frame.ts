import { decodeEnvelope, ENVELOPE_VERSION, encodeEnvelope } from "../../../src/identity/authors/envelope-codec.ts";
import {
  RECEIPT_PREFIX_BYTES,
  RECEIPTS_WANTED,
  splitTrailer,
  TRAILER_FIELD,
  TRAILER_VERSION,
} from "../../../src/identity/authors/trailer.ts";
import type { SyncDraft } from "../../../src/sds/io/effect.ts";
import type { ParentReference } from "../../../src/sds/io/records.ts";
import type { IncomingClaim, IncomingContent } from "../../../src/sds/io/step-input.ts";
import { LAMPORT_LIMIT } from "../../../src/sds/parameters/limits.ts";
import { MESSAGE_TYPE } from "../../../src/sds/parameters/message-type.ts";
import { specCodec } from "../../../src/sds/wire/codec.ts";
import type { ChannelId, ParticipantId } from "../../../src/sds/wire/ids.ts";
import type { SyncMessage } from "../../../src/sds/wire/message.ts";
import { messageIdOf } from "../../../src/sds/wire/message-id.ts";
import { ProtobufWriter } from "../../../src/sds/wire/protobuf.ts";

/**
 * Messages as bytes of the real codec, with everything in them but the signatures, which are 64 zero bytes. Who made a
 * frame is known here, so a forged one is marked instead of verified; the full-stack runs sign and verify for real.
 */
export interface Speaker {
  readonly channelId: ChannelId;
  readonly self: ParticipantId;
  readonly publicKey: Uint8Array;
}

export interface ContentFields {
  readonly authorSeq: number;
  readonly lamport: number;
  readonly parents: readonly ParentReference[];
  readonly completeSince: number;
  readonly bloomFilter: Uint8Array | undefined;
  readonly type: number;
  readonly composedAt: number;
  readonly body: Uint8Array;
}

/** What a receiver makes of the bytes, once for all receivers. */
export type Decoded =
  | { readonly kind: "content"; readonly content: IncomingContent; readonly claim: IncomingClaim | null }
  | { readonly kind: "sync"; readonly claim: IncomingClaim };

/** One publication. The same SDS bytes published twice are two frames with two hashes. */
export interface Frame {
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  /** Milliseconds by the publisher's clock, as the Waku timestamp is. */
  readonly timestamp: number;
  readonly ephemeral: boolean;
  readonly from: number;
  /** Its signature does not hold. */
  readonly forged: boolean;
}

const SIGNATURE = new Uint8Array(64);
/** AES-GCM nonce and tag around the padded payload. */
const ENCRYPTION_BYTES = 28;
const PADDING_BYTES = 256;

/** Bytes of the Waku payload: 26/WAKU2-PAYLOAD pads to a multiple of 256. */
export function payloadBytes(sdsBytes: number): number {
  return Math.ceil((sdsBytes + 3) / PADDING_BYTES) * PADDING_BYTES + ENCRYPTION_BYTES;
}

/** The bytes of a content message, and what its author knows of it. */
export function encodeContent(speaker: Speaker, fields: ContentFields): IncomingContent {
  const { channelId, self, publicKey } = speaker;
  const { authorSeq, lamport, parents, completeSince, bloomFilter, type, composedAt, body } = fields;
  const content = encodeEnvelope({
    ...{ version: ENVELOPE_VERSION, publicKey, authorSeq, composedAt, type, body, signature: SIGNATURE },
    parentDeltas: parents.map((parent) => lamport - (parent.lamport ?? 0)),
  });
  const id = messageIdOf(content);
  const message = specCodec.encode({
    ...{ kind: "content", senderId: self, messageId: id, channelId, lamport, bloomFilter, content },
    causalHistory: parents.map((parent) => ({ messageId: parent.id, retrievalHint: parent.hint })),
    repairRequests: [],
  });
  const bytes = withTrailer(message, { flags: 0, completeSince, publicKey: undefined, receiptsFrom: undefined });
  return {
    id,
    lamport,
    sender: self,
    signed: true,
    publicKey,
    authorSeq,
    type,
    composedAt,
    parents,
    bytes,
    ...NAMELESS,
  };
}

export function encodeSync({ channelId, self, publicKey }: Speaker, draft: Omit<SyncDraft, "checkpoint">): Uint8Array {
  const { messageId, lamport, causalHistory, repairRequests, bloomFilter, completeSince, receiptsWantedFrom } = draft;
  const message = specCodec.encode({
    ...{ kind: "sync", senderId: self, messageId, channelId, lamport, causalHistory, repairRequests, bloomFilter },
  });
  const receiptsFrom = receiptsWantedFrom === null ? undefined : prefixBytes(receiptsWantedFrom);
  const flags = receiptsFrom === undefined ? 0 : RECEIPTS_WANTED;
  return withTrailer(message, { flags, completeSince, publicKey, receiptsFrom });
}

const NAMELESS = { profileName: null };

interface TrailerHead {
  readonly flags: number;
  readonly completeSince: number;
  readonly publicKey: Uint8Array | undefined;
  readonly receiptsFrom: Uint8Array | undefined;
}

/** The product's reader takes the trailer only in its one canonical form, so a difference to its writer shows at once. */
function withTrailer(message: Uint8Array, head: TrailerHead): Uint8Array {
  const trailer = new ProtobufWriter(192)
    .message(TRAILER_FIELD, (writer) => {
      writer.uint32(1, TRAILER_VERSION).uint32(2, head.flags).uint64(3, head.completeSince);
      if (head.publicKey !== undefined) writer.bytes(4, head.publicKey);
      if (head.receiptsFrom !== undefined) writer.bytes(5, head.receiptsFrom);
      writer.bytes(15, SIGNATURE);
    })
    .finish();
  const bytes = new Uint8Array(message.length + trailer.length);
  bytes.set(message);
  bytes.set(trailer, message.length);
  return bytes;
}

function prefixBytes(prefixes: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(prefixes.length * RECEIPT_PREFIX_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, prefix] of prefixes.entries()) view.setUint32(index * RECEIPT_PREFIX_BYTES, prefix);
  return bytes;
}

const decodedFrames = new WeakMap<Uint8Array, Decoded | string>();

/** As the channel reads what comes in, without the two signature verdicts. A string is the reason of a refusal. */
export function decodeFrame(bytes: Uint8Array): Decoded | string {
  const known = decodedFrames.get(bytes);
  if (known !== undefined) return known;
  const decoded = decodeBytes(bytes);
  decodedFrames.set(bytes, decoded);
  return decoded;
}

function decodeBytes(bytes: Uint8Array): Decoded | string {
  const result = specCodec.decode(bytes);
  if (!result.ok) return result.reason;
  const { message } = result;
  if (message.kind === "ephemeral") return "ephemeral";
  const { lamport } = message;
  if (typeof lamport !== "number" || lamport >= LAMPORT_LIMIT) return "lamport-limit";
  if (message.kind === "sync") {
    const claim = claimOf(bytes, message.senderId, lamport, "sync", message, undefined);
    return claim === null ? "unsigned" : { kind: "sync", claim };
  }
  if (messageIdOf(message.content) !== message.messageId) return "wrong-id";
  const envelope = decodeEnvelope(message.content);
  if (envelope === null) return "no-envelope";
  if (envelope.parentDeltas.length !== message.causalHistory.length) return "bad-author-signature";
  if (envelope.parentDeltas.some((delta) => delta > lamport)) return "bad-author-signature";
  const { publicKey, authorSeq, type, composedAt } = envelope;
  const parents = message.causalHistory.map(({ messageId, retrievalHint }, index) => ({
    id: messageId,
    lamport: lamport - (envelope.parentDeltas[index] ?? 0),
    hint: retrievalHint,
  }));
  const content: IncomingContent = {
    ...{ id: message.messageId, lamport, sender: message.senderId, signed: true, publicKey, authorSeq, type },
    ...{ composedAt, parents, bytes },
    profileName: type === MESSAGE_TYPE.profile ? new TextDecoder().decode(envelope.body) : null,
  };
  return { kind: "content", content, claim: claimOf(bytes, message.senderId, lamport, "content", message, publicKey) };
}

function claimOf(
  bytes: Uint8Array,
  sender: ParticipantId,
  lamport: number,
  by: "content" | "sync",
  message: Pick<SyncMessage, "causalHistory" | "repairRequests" | "bloomFilter">,
  envelopeKey: Uint8Array | undefined,
): IncomingClaim | null {
  const split = splitTrailer(bytes);
  const publicKey = split?.trailer.publicKey ?? envelopeKey;
  if (split === null || publicKey === undefined) return null;
  const { completeSince, flags, receiptsFrom } = split.trailer;
  const asked = (flags & RECEIPTS_WANTED) !== 0 && receiptsFrom !== undefined ? prefixesOf(receiptsFrom) : null;
  const { causalHistory: listed, repairRequests, bloomFilter } = message;
  return {
    sender,
    signed: true,
    publicKey,
    by,
    lamport,
    completeSince,
    listed,
    bloomFilter,
    repairRequests,
    receiptsWantedFrom: asked,
  };
}

function prefixesOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / RECEIPT_PREFIX_BYTES }, (_, index) =>
    view.getUint32(index * RECEIPT_PREFIX_BYTES),
  );
}

import { LAMPORT_LIMIT } from "../../sds/parameters/limits.ts";
import type { ChannelId, ParticipantId } from "../../sds/wire/ids.ts";
import { ProtobufReader, ProtobufWriter } from "../../sds/wire/protobuf.ts";
import { ProtobufError } from "../../sds/wire/protobuf-error.ts";
import { equalBytes } from "../bytes/equal-bytes.ts";
import { frame } from "../bytes/signed-bytes.ts";
import { verifyStrict } from "../keys/ed25519-key.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../keys/ed25519-sizes.ts";
import { senderIdOf } from "../keys/sender-id.ts";
import type { Signer } from "../port.ts";

/** Field of an SDS message that other SDS clients skip as unknown. It is the last one. */
export const TRAILER_FIELD = 1000;
export const TRAILER_VERSION = 1;
/** Flag: the sender asks those who have what it lists to say so. Other bits are for the future and ignored. */
export const RECEIPTS_WANTED = 0b1;

const DOMAIN = "hearback/trailer/1";
const FIELD = { version: 1, flags: 2, completeSince: 3, publicKey: 4, receiptsFrom: 5, signature: 15 } as const;

/** Each 4-byte prefix names who is asked; more than 64 would make a request larger than the receipts it asks for. */
export const RECEIPT_PREFIX_BYTES = 4;
export const MAX_RECEIPT_PREFIXES = 64;

/** Under the sender's signature: all of the message before it (causes, bloom filter, requests) and these claims. */
export interface Trailer {
  readonly flags: number;
  /** The sender has every ancestor of what the message lists whose Lamport timestamp is at least this. */
  readonly completeSince: number;
  /** Left out where an envelope in the same message carries it. */
  readonly publicKey?: Uint8Array | undefined;
  /** With `RECEIPTS_WANTED`: 4-byte prefixes, one behind the other, of those who are asked. */
  readonly receiptsFrom?: Uint8Array | undefined;
  readonly signature: Uint8Array;
}

export type TrailerFields = Omit<Trailer, "signature">;

export interface SplitMessage {
  /** All bytes before the trailer: a view. */
  readonly message: Uint8Array;
  readonly trailer: Trailer;
}

/**
 * The message with a signed trailer behind it. `messageBytes` must be an encoded SDS message without one. Rejects with
 * `ProtobufError` for a number that does not fit, and with what the signer rejects with.
 */
export async function appendTrailer(
  messageBytes: Uint8Array,
  fields: TrailerFields,
  signer: Signer,
): Promise<Uint8Array> {
  //= protocol: WIRE-4, SIGN-7
  const signature = await signer.sign(signedBytes(messageBytes, fields));
  const trailer = encodeTrailer({ ...fields, signature });
  const bytes = new Uint8Array(messageBytes.length + trailer.length);
  bytes.set(messageBytes);
  bytes.set(trailer, messageBytes.length);
  return bytes;
}

/**
 * Total. Null unless the message has exactly one trailer, of version 1, in its one canonical form, as the last of its
 * bytes: anything behind it voids it, as nobody signed that.
 */
export function splitTrailer(bytes: Uint8Array): SplitMessage | null {
  try {
    const start = trailerStart(bytes);
    if (start === null) return null;
    const trailer = decodeTrailer(bytes, start);
    return trailer === null ? null : { message: bytes.subarray(0, start), trailer };
  } catch (error) {
    if (error instanceof ProtobufError) return null;
    throw error;
  }
}

/** The strict Ed25519 verdict on the trailer. Whose key it is, is asked with `isKeyOf`. */
export function verifyTrailer({ message, trailer }: SplitMessage, publicKey: Uint8Array): boolean {
  if (trailer.publicKey !== undefined && !equalBytes(trailer.publicKey, publicKey)) return false;
  return verifyStrict(publicKey, signedBytes(message, trailer), trailer.signature);
}

/** The key is the one that the sender id of a message was made from. */
export function isKeyOf(senderId: ParticipantId, publicKey: Uint8Array, channelId: ChannelId): boolean {
  return senderIdOf(channelId, publicKey) === senderId;
}

/** The frame (each input behind its 4-byte length) of: domain tag, all message bytes before the trailer, its head. */
function signedBytes(message: Uint8Array, fields: TrailerFields): Uint8Array {
  //= protocol: SIGN-7
  return frame(DOMAIN, message, writeHead(new ProtobufWriter(64), fields).finish());
}

function encodeTrailer(trailer: Trailer): Uint8Array {
  return new ProtobufWriter(192)
    .message(TRAILER_FIELD, (writer) => writeHead(writer, trailer).bytes(FIELD.signature, trailer.signature))
    .finish();
}

/** All fields but the signature; flags and complete_since are written even when 0. */
function writeHead(writer: ProtobufWriter, fields: TrailerFields): ProtobufWriter {
  const { flags, completeSince, publicKey, receiptsFrom } = fields;
  //= protocol: WIRE-3
  writer.uint32(FIELD.version, TRAILER_VERSION).uint32(FIELD.flags, flags).uint64(FIELD.completeSince, completeSince);
  if (publicKey !== undefined) writer.bytes(FIELD.publicKey, publicKey);
  if (receiptsFrom !== undefined) writer.bytes(FIELD.receiptsFrom, receiptsFrom);
  return writer;
}

/** Where the first trailer begins, or null without one. */
function trailerStart(bytes: Uint8Array): number | null {
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    //= protocol: SIGN-9
    if (reader.field === TRAILER_FIELD) return reader.fieldStart;
    reader.skip();
  }
  return null;
}

/** From `start` on are the trailer's field and whatever is behind it; only the canonical field and nothing more is taken. */
function decodeTrailer(bytes: Uint8Array, start: number): Trailer | null {
  const outer = new ProtobufReader(bytes, start);
  outer.next();
  const reader = outer.message();
  const fields: { -readonly [K in keyof Trailer]?: Trailer[K] } & { version?: number } = {};
  while (reader.next()) {
    if (reader.field === FIELD.version) fields.version = reader.uint32();
    else if (reader.field === FIELD.flags) fields.flags = reader.uint32();
    else if (reader.field === FIELD.completeSince) fields.completeSince = Number(reader.uint64());
    else if (reader.field === FIELD.publicKey) fields.publicKey = reader.bytes(PUBLIC_KEY_BYTES);
    else if (reader.field === FIELD.receiptsFrom) {
      fields.receiptsFrom = reader.bytes(MAX_RECEIPT_PREFIXES * RECEIPT_PREFIX_BYTES);
    } else if (reader.field === FIELD.signature) fields.signature = reader.bytes(SIGNATURE_BYTES);
    else return null;
  }
  //= protocol: WIRE-11, SIGN-9
  const isCanonical = reader.canonical && outer.canonical && outer.offset === bytes.length;
  const { version, flags, completeSince, publicKey, receiptsFrom, signature } = fields;
  //= protocol: WIRE-12
  if (!isCanonical || version !== TRAILER_VERSION) return null;
  if (flags === undefined || signature?.length !== SIGNATURE_BYTES) return null;
  //= protocol: WIRE-13
  if (completeSince === undefined || completeSince >= LAMPORT_LIMIT) return null;
  //= protocol: WIRE-12
  if (publicKey !== undefined && publicKey.length !== PUBLIC_KEY_BYTES) return null;
  if (receiptsFrom !== undefined && (receiptsFrom.length === 0 || receiptsFrom.length % RECEIPT_PREFIX_BYTES !== 0))
    return null;
  return { flags, completeSince, publicKey, receiptsFrom, signature };
}

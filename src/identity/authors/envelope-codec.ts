import { LAMPORT_LIMIT, MAX_HISTORY_ENTRIES } from "../../sds/parameters/limits.ts";
import { ProtobufReader, ProtobufWriter } from "../../sds/wire/protobuf.ts";
import { ProtobufError } from "../../sds/wire/protobuf-error.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../keys/ed25519-sizes.ts";

export const ENVELOPE_VERSION = 1;
const MAX_TYPE = 0xffff;
const MAX_ORIGIN_BYTES = 512;

/**
 * What SDS `content` holds: what the author said and the author's signature. It stays valid in whoever's hands the
 * message is repaired from, and fixes content, Lamport timestamp and causes together.
 */
export interface Envelope {
  readonly version: typeof ENVELOPE_VERSION;
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
  /** Dense per author over everything that enters the log. */
  readonly authorSeq: number;
  /** Milliseconds since the epoch, by the author's clock. */
  readonly composedAt: number;
  /** 1 to 65,535: `MESSAGE_TYPE` of src/sds, or a type of the future. */
  readonly type: number;
  readonly body: Uint8Array;
  /** Web origin of the page that sent it, where it was not the author's own application. 1 to 512 bytes of UTF-8. */
  readonly origin?: string | undefined;
  /** lamport(message) - lamport(parent), each at least 1, in the order of `causal_history`. */
  readonly parentDeltas: readonly number[];
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

const FIELD = {
  version: 1,
  publicKey: 2,
  authorSeq: 3,
  composedAt: 4,
  type: 5,
  body: 6,
  origin: 8,
  parentDeltas: 9,
  signature: 15,
} as const;

/** Tag, length, signature. */
const SIGNATURE_FIELD_BYTES = 2 + SIGNATURE_BYTES;

/** Fields 1 to 9, which the author signs. Numbers and body are written even when 0 or empty; 8 and 9 are left out. */
export function encodeEnvelopeHead(envelope: Envelope): Uint8Array {
  return writeHead(envelope).finish();
}

/** The same of an encoded envelope: the signature is the last field of its one encoding. A view. */
export function headOf(encoded: Uint8Array): Uint8Array {
  return encoded.subarray(0, encoded.length - SIGNATURE_FIELD_BYTES);
}

/** The one encoding of an envelope. Throws `ProtobufError` for numbers that are no safe integers from 0. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return writeHead(envelope).bytes(FIELD.signature, envelope.signature).finish();
}

/**
 * Total. Null for what is no envelope of version 1 in its one canonical form: every field at most once, ascending, no
 * unknown field, all values in range, shortest encoding. That says nothing yet about the signature. The result's bytes
 * are views of `bytes`.
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope | null {
  try {
    return complete(readFields(bytes));
  } catch (error) {
    if (error instanceof ProtobufError) return null;
    throw error;
  }
}

function writeHead(envelope: Envelope): ProtobufWriter {
  const { version, publicKey, authorSeq, composedAt, type, body, origin, parentDeltas } = envelope;
  //= protocol: WIRE-3
  const writer = new ProtobufWriter(body.length + 192)
    .uint32(FIELD.version, version)
    .bytes(FIELD.publicKey, publicKey)
    .uint64(FIELD.authorSeq, authorSeq)
    .uint64(FIELD.composedAt, composedAt)
    .uint32(FIELD.type, type)
    .bytes(FIELD.body, body);
  if (origin !== undefined) writer.string(FIELD.origin, origin);
  if (parentDeltas.length > 0) {
    writer.message(FIELD.parentDeltas, (packed) => {
      for (const delta of parentDeltas) packed.varint(delta);
    });
  }
  return writer;
}

type ReadFields = { -readonly [K in keyof Omit<Envelope, "version">]?: Envelope[K] } & { version?: number };

/** Null when an encoder would not have written the fields in this way. */
function readFields(bytes: Uint8Array): ReadFields | null {
  const fields: ReadFields = {};
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field === FIELD.version) fields.version = reader.uint32();
    else if (reader.field === FIELD.publicKey) fields.publicKey = reader.bytes(PUBLIC_KEY_BYTES);
    else if (reader.field === FIELD.authorSeq) fields.authorSeq = Number(reader.uint64());
    else if (reader.field === FIELD.composedAt) fields.composedAt = Number(reader.uint64());
    else if (reader.field === FIELD.type) fields.type = reader.uint32();
    else if (reader.field === FIELD.body) fields.body = reader.bytes();
    else if (reader.field === FIELD.origin) fields.origin = reader.string(MAX_ORIGIN_BYTES);
    else if (reader.field === FIELD.parentDeltas) {
      const deltas = packedVarints(reader.bytes());
      if (deltas === null) return null;
      fields.parentDeltas = deltas;
    } else if (reader.field === FIELD.signature) fields.signature = reader.bytes(SIGNATURE_BYTES);
    else return null;
  }
  //= protocol: WIRE-11
  return reader.canonical ? fields : null;
}

function complete(fields: ReadFields | null): Envelope | null {
  //= protocol: WIRE-12
  if (fields === null || fields.version !== ENVELOPE_VERSION) return null;
  const { publicKey, authorSeq, composedAt, type, body, origin, parentDeltas = [], signature } = fields;
  if (publicKey?.length !== PUBLIC_KEY_BYTES || signature?.length !== SIGNATURE_BYTES || body === undefined)
    return null;
  //= protocol: WIRE-13, WIRE-16
  if (!isNumberBelow(LAMPORT_LIMIT, authorSeq) || !isNumberBelow(LAMPORT_LIMIT, composedAt)) return null;
  //= protocol: WIRE-12
  if (!isNumberBelow(MAX_TYPE + 1, type) || type === 0 || origin === "") return null;
  if (parentDeltas.length > MAX_HISTORY_ENTRIES) return null;
  if (!parentDeltas.every((delta) => delta >= 1 && delta < LAMPORT_LIMIT)) return null;
  return {
    version: ENVELOPE_VERSION,
    publicKey,
    authorSeq,
    composedAt,
    type,
    body,
    origin,
    parentDeltas,
    signature,
  };
}

function isNumberBelow(limit: number, value: number | undefined): value is number {
  return value !== undefined && value < limit;
}

/** Null unless there is one, and each is in its shortest form. Numbers too large come out rounded, above the limit. */
function packedVarints(bytes: Uint8Array): number[] | null {
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale;
    if (byte >= 0x80) {
      scale *= 0x80;
      continue;
    }
    if (byte === 0 && scale > 1) return null;
    values.push(value);
    value = 0;
    scale = 1;
  }
  return scale === 1 && values.length > 0 ? values : null;
}

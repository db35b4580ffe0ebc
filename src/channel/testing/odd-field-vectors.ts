import { bytesToHex } from "@noble/hashes/utils.js";
import { type Envelope, encodeEnvelopeHead } from "../../identity/authors/envelope-codec.ts";
import { TRAILER_FIELD } from "../../identity/authors/trailer.ts";
import { frame } from "../../identity/bytes/signed-bytes.ts";
import { encodeMessage } from "../../sds/wire/codec.ts";
import { asParticipantId } from "../../sds/wire/ids.ts";
import type { ContentMessage, SyncMessage } from "../../sds/wire/message.ts";
import { messageIdOf } from "../../sds/wire/message-id.ts";
import { ProtobufWriter } from "../../sds/wire/protobuf.ts";
import { type ClaimVector, decodedOf, type MemberName, memberOf, type VerdictVector } from "./message-vectors.ts";

/**
 * Numbers and trailers as no encoder writes them, under signatures that hold: a decoder that rounds, cuts off the upper
 * half, or takes the wrong one of two fields, is seen to do so. The signed bytes are put together here, not by the code
 * that signs.
 */
type Case = readonly [name: string, profile: "community" | "sds", bytes: Uint8Array, verdict: VerdictVector];

const U32 = 2 ** 32;
const U53 = 2 ** 53;

interface TrailerNumbers {
  readonly version?: number | bigint;
  readonly flags?: number | bigint;
  readonly completeSince?: number | bigint;
  /** Bytes of receipts_from; absent: none are written. */
  readonly receiptsFrom?: Uint8Array;
}

export async function oddSyncCases(message: SyncMessage): Promise<readonly Case[]> {
  const unsigned = encodeMessage(message);
  const plain = encodeMessage({ ...message, senderId: asParticipantId("plain") });
  const lists = message.causalHistory.map(({ messageId }) => messageId);
  const none = { result: "refused", reason: "no-trailer" } as const;
  const claimed = (completeSince: number): VerdictVector => ({ result: "sync", claim: claim(lists, completeSince) });
  const withTrailer = async (numbers: TrailerNumbers) => join(unsigned, await trailer(unsigned, numbers));
  const wanting = (count: number): VerdictVector => {
    return {
      result: "sync",
      claim: { ...claim(lists, 0), receiptsFrom: Array.from({ length: count }, () => 0x07070707) },
    };
  };
  const whole = await trailer(unsigned, {});
  const mine = await trailer(plain, {});
  const unsignedClaim = { ...claim(lists, null), signed: false };
  return [
    ["all flags that mean nothing", "community", await withTrailer({ flags: U32 - 2 }), claimed(0)],
    ["flags of 2^32", "community", await withTrailer({ flags: U32 }), none],
    ["a trailer of version 2^32 + 1", "community", await withTrailer({ version: U32 + 1 }), none],
    ["complete since 2^53 - 1", "community", await withTrailer({ completeSince: U53 - 1 }), claimed(U53 - 1)],
    ["complete since 2^53", "community", await withTrailer({ completeSince: BigInt(U53) }), none],
    ["receipts wanted, of nobody", "community", await withTrailer({ flags: 1 }), claimed(0)],
    ["receipts_from without its flag", "community", await withTrailer({ receiptsFrom: fill(4) }), claimed(0)],
    ["receipts_from of 256 bytes", "community", await withTrailer({ flags: 1, receiptsFrom: fill(256) }), wanting(64)],
    ["receipts_from of 260 bytes", "community", await withTrailer({ flags: 1, receiptsFrom: fill(260) }), none],
    ["receipts_from of 6 bytes", "community", await withTrailer({ flags: 1, receiptsFrom: fill(6) }), none],
    ["receipts_from of no bytes", "community", await withTrailer({ flags: 1, receiptsFrom: fill(0) }), none],
    ["the trailer twice", "community", join(unsigned, whole, whole), none],
    ["a plain client's sync with a trailer", "sds", join(plain, mine), { result: "sync", claim: unsignedClaim }],
    [
      "a plain client's sync with a trailer",
      "community",
      join(plain, mine),
      { result: "refused", reason: "trailer-of-another" },
    ],
    [
      "one bit of the trailer's signature, in profile sds",
      "sds",
      join(unsigned, whole.with(-1, (whole.at(-1) ?? 0) ^ 1)),
      { result: "refused", reason: "bad-trailer-signature" },
    ],
  ];
}

export async function oddContentCases(
  message: ContentMessage,
  envelope: Envelope,
  good: Extract<VerdictVector, { result: "content" }>,
): Promise<readonly Case[]> {
  const none = { result: "refused", reason: "no-envelope" } as const;
  const withoutClaim = { ...good, claim: null };
  const bare = encodeMessage(message);
  const odd = async (from: Uint8Array, to: Uint8Array) => encodeMessage(await resigned(message, envelope, from, to));
  /** Its trailer is left out: it would be over other bytes. */
  const counts = async (name: string, authorSeq: number): Promise<Case> => {
    const changed = await resigned(message, envelope, number(3, envelope.authorSeq), number(3, authorSeq));
    return [name, "community", encodeMessage(changed), { ...withoutClaim, id: changed.messageId, authorSeq }];
  };
  const asVarint = new ProtobufWriter().uint32(TRAILER_FIELD, 1).finish();
  const asGroup = new ProtobufWriter().tag(TRAILER_FIELD, 3).tag(TRAILER_FIELD, 4).finish();
  const behind = join(bare, asVarint);
  return [
    ["an envelope of version 2^32 + 1", "community", await odd(number(1, 1), number(1, U32 + 1)), none],
    ["a type of 65,536", "community", await odd(number(5, envelope.type), number(5, 65_536)), none],
    ["a type of 2^32 + 1", "community", await odd(number(5, envelope.type), number(5, U32 + 1)), none],
    await counts("author_seq 0", 0),
    await counts("author_seq 2^53 - 1", U53 - 1),
    ["author_seq 2^53", "community", await odd(number(3, envelope.authorSeq), number(3, BigInt(U53))), none],
    ["field 1000 as a number, no trailer", "community", behind, withoutClaim],
    [
      "field 1000 as a number in front of a trailer",
      "community",
      join(behind, await trailer(behind, {}, "ben")),
      withoutClaim,
    ],
    ["field 1000 as a group", "community", join(bare, asGroup), { result: "refused", reason: "wire-type" }],
    await plainWithTrailer(message),
  ];
}

async function plainWithTrailer(message: ContentMessage): Promise<Case> {
  const content = new TextEncoder().encode("plain, with a trailer");
  const id = messageIdOf(content);
  const head = { ...message, content, messageId: id, senderId: asParticipantId("plain") };
  const bytes = encodeMessage(head);
  const lists = message.causalHistory.map(({ messageId }) => messageId);
  return [
    "a plain client's message with a trailer",
    "sds",
    join(bytes, await trailer(bytes, {})),
    {
      ...{ result: "content", id, sender: "plain", signed: false, authorSeq: null, type: 1 },
      lamport: Number(message.lamport),
      parents: lists.map((parent) => [parent, null] as const),
      claim: { ...claim(lists, null), signed: false },
    },
  ];
}

/** One message with a filter of so many zero bytes, that is exactly as large as a message may be, and one byte larger. */
export interface SizeVector {
  readonly name: string;
  /** The message is these bytes, then `zeros` bytes of 0 (the end of field 12), then the rest. */
  readonly before: string;
  readonly zeros: number;
  readonly after: string;
  readonly verdict: VerdictVector;
}

/** 149 KiB. */
const LARGEST = 152_576;

export async function deriveSizeVectors(vector: { readonly bytes: string }): Promise<readonly SizeVector[]> {
  const message = decodedOf(vector);
  if (message.kind !== "sync") throw new Error("Not a sync");
  const lists = message.causalHistory.map(({ messageId }) => messageId);
  const sizeWith = async (zeros: number) => (await withFilter(message, zeros)).size;
  const zeros = LARGEST - (await sizeWith(LARGEST)) + LARGEST;
  const largest = await withFilter(message, zeros);
  const larger = await withFilter(message, zeros + 1);
  if (largest.size !== LARGEST) throw new Error("The length of the filter takes another number of bytes");
  return [
    { name: "149 KiB", ...largest.parts, verdict: { result: "sync", claim: claim(lists, 0) } },
    { name: "149 KiB and a byte", ...larger.parts, verdict: { result: "refused", reason: "too-large" } },
  ];
}

async function withFilter(message: SyncMessage, zeros: number) {
  const bytes = encodeMessage({ ...message, bloomFilter: new Uint8Array(zeros) });
  const after = await trailer(bytes, {});
  const before = bytes.subarray(0, bytes.length - zeros);
  const parts = { before: bytesToHex(before), zeros, after: bytesToHex(after) };
  return { size: bytes.length + after.length, parts };
}

function claim(lists: readonly string[], completeSince: number | null): ClaimVector {
  return { signed: true, completeSince, lists, requests: [], receiptsFrom: null };
}

/** By default Cleo's, who is the sender of the sync of the vectors. */
async function trailer(message: Uint8Array, numbers: TrailerNumbers, by: MemberName = "cleo"): Promise<Uint8Array> {
  const { version = 1, flags = 0, completeSince = 0, receiptsFrom } = numbers;
  const { signer } = memberOf(by);
  const head = new ProtobufWriter()
    .uint64(1, version)
    .uint64(2, flags)
    .uint64(3, completeSince)
    .bytes(4, signer.publicKey)
    .raw(receiptsFrom === undefined ? new Uint8Array() : new ProtobufWriter().bytes(5, receiptsFrom).finish())
    .finish();
  const signature = await signer.sign(frame("hearback/trailer/1", message, head));
  return new ProtobufWriter().message(TRAILER_FIELD, (inner) => inner.raw(head).bytes(15, signature)).finish();
}

/** Ben's message with one field of its envelope replaced, and signed as it is then. */
async function resigned(
  message: ContentMessage,
  envelope: Envelope,
  from: Uint8Array,
  to: Uint8Array,
): Promise<ContentMessage> {
  const head = replaced(encodeEnvelopeHead(envelope), from, to);
  const { channelId, senderId, lamport, causalHistory } = message;
  const ids = causalHistory.map(({ messageId }) => messageId);
  const place = [channelId, senderId, Number(lamport), ids.length, ...ids];
  const signature = await memberOf("ben").signer.sign(frame("hearback/author/1", ...place, head));
  const content = new ProtobufWriter().raw(head).bytes(15, signature).finish();
  return { ...message, content, messageId: messageIdOf(content) };
}

function replaced(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(from);
  if (at < 0) throw new Error("What is to be replaced is not there");
  return join(bytes.subarray(0, at), to, bytes.subarray(at + from.length));
}

function fill(length: number): Uint8Array {
  return new Uint8Array(length).fill(7);
}

function number(field: number, value: number | bigint): Uint8Array {
  return new ProtobufWriter().uint64(field, value).finish();
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { decodeEnvelope, encodeEnvelope } from "../../identity/authors/envelope-codec.ts";
import { appendTrailer, TRAILER_FIELD } from "../../identity/authors/trailer.ts";
import { encodeMessage } from "../../sds/wire/codec.ts";
import { asChannelId, asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import type { ContentMessage, SdsMessage, SyncMessage } from "../../sds/wire/message.ts";
import { messageIdOf } from "../../sds/wire/message-id.ts";
import { ProtobufWriter } from "../../sds/wire/protobuf.ts";
import { decodedOf, type MessageVector, memberOf, type VerdictVector } from "./message-vectors.ts";
import { oddContentCases, oddSyncCases } from "./odd-field-vectors.ts";

/** Messages that somebody tampered with, made of the good ones, and what a receiver must make of each. */
export interface TamperedVector {
  readonly name: string;
  /** Name of the good message. */
  readonly of: string;
  readonly profile: "community" | "sds";
  readonly bytes: string;
  readonly verdict: VerdictVector;
}

type Case = readonly [name: string, profile: "community" | "sds", bytes: Uint8Array, verdict: VerdictVector];
/** Inside the body of the sample: version 2 bytes, key 34, numbers 2 + 7 + 2, tag and length of the body 2. */
const TEXT_AT = 50;
const SMALL_ORDER_KEY = Uint8Array.of(1, ...new Uint8Array(31));

export async function deriveTamperedVectors(messages: readonly MessageVector[]): Promise<readonly TamperedVector[]> {
  const chat = vectorNamed(messages, "announcement with two causes");
  const sync = vectorNamed(messages, "sync with one head");
  const vectors = (of: MessageVector, cases: readonly Case[]) =>
    cases.map(([name, profile, bytes, verdict]) => ({ name, of: of.name, profile, bytes: bytesToHex(bytes), verdict }));
  return [...vectors(chat, await contentCases(chat)), ...vectors(sync, await syncCases(sync))];
}

async function contentCases(vector: MessageVector): Promise<readonly Case[]> {
  const good = hexToBytes(vector.bytes);
  const message = decodedOf(vector) as ContentMessage;
  const withoutTrailer = encodeMessage(message);
  const trailer = good.subarray(withoutTrailer.length);
  /** Changed in the message, the trailer behind it as it was. */
  const changed = (changes: Partial<ContentMessage>) => join(encodeMessage({ ...message, ...changes }), trailer);
  const rewritten = (content: Uint8Array) => changed({ content, messageId: messageIdOf(content) });
  const envelope = decodeEnvelope(message.content);
  if (envelope === null) throw new Error("The sample has no envelope");
  const [first, second] = message.causalHistory;
  if (first === undefined || second === undefined) throw new Error("The sample needs two causes");
  const plain = { ...message, causalHistory: [first], content: new TextEncoder().encode("plain") };
  const plainBytes = encodeMessage({
    ...plain,
    senderId: asParticipantId("plain"),
    messageId: messageIdOf(plain.content),
  });
  const cleo = memberOf("cleo");
  const withoutClaim: VerdictVector = { ...contentVerdict(vector), claim: null };
  return [
    ["one bit of the text", "community", changed({ content: flipped(message.content, TEXT_AT) }), refused("wrong-id")],
    ["another id", "community", changed({ messageId: asMessageId("0".repeat(64)) }), refused("wrong-id")],
    ["the id in capitals", "community", changed({ messageId: upper(message.messageId) }), refused("wrong-id")],
    [
      "another text under its own id",
      "community",
      rewritten(flipped(message.content, TEXT_AT)),
      refused("bad-author-signature"),
    ],
    [
      "one bit of the author signature",
      "community",
      rewritten(flipped(message.content, message.content.length - 1)),
      refused("bad-author-signature"),
    ],
    [
      "one millisecond later",
      "community",
      changed({ lamport: Number(message.lamport) + 1 }),
      refused("bad-author-signature"),
    ],
    [
      "causes in another order",
      "community",
      changed({ causalHistory: [second, first] }),
      refused("bad-author-signature"),
    ],
    ["a cause left out", "community", changed({ causalHistory: [second] }), refused("bad-author-signature")],
    ["under another's sender id", "community", changed({ senderId: cleo.self }), refused("bad-author-signature")],
    [
      "in another channel",
      "community",
      changed({ channelId: asChannelId("BBECAwQFBgcICQoLDA0ODw") }),
      refused("other-channel"),
    ],
    [
      "a key of small order",
      "community",
      rewritten(encodeEnvelope({ ...envelope, publicKey: SMALL_ORDER_KEY })),
      refused("bad-author-signature"),
    ],
    [
      "an unknown field in the envelope",
      "community",
      rewritten(join(message.content, Uint8Array.of(0x80, 1, 0))),
      refused("no-envelope"),
    ],
    ["a Lamport timestamp of 2^53", "community", changed({ lamport: 2n ** 53n }), refused("lamport-limit")],
    ["cut off", "community", good.subarray(0, good.length - 1), refused("truncated")],
    [
      "the Lamport timestamp twice",
      "community",
      join(new ProtobufWriter().uint64(10, 1).finish(), good),
      refused("duplicate-field"),
    ],
    [
      "257 causes",
      "community",
      changed({ causalHistory: Array.from({ length: 257 }, () => first) }),
      refused("too-many-entries"),
    ],
    [
      "without Lamport timestamp (ephemeral)",
      "community",
      encodeMessage({ ...message, kind: "ephemeral" }),
      refused("bad-author-signature"),
    ],
    ["no trailer: content counts, claims do not", "community", withoutTrailer, withoutClaim],
    ["one bit of the trailer's signature", "community", flipped(good, good.length - 1), withoutClaim],
    [
      "a field behind the trailer",
      "community",
      join(good, new ProtobufWriter().uint32(2_000, 1).finish()),
      withoutClaim,
    ],
    ["the trailer twice", "community", join(good, trailer), withoutClaim],
    [
      "an unknown field in front of the trailer",
      "community",
      join(withoutTrailer, new ProtobufWriter().uint32(99, 1).finish(), trailer),
      withoutClaim,
    ],
    [
      "another retrieval hint",
      "community",
      changed({ causalHistory: [first, { ...second, retrievalHint: new Uint8Array(32) }] }),
      withoutClaim,
    ],
    ["repair requests added", "community", changed({ repairRequests: [first] }), withoutClaim],
    [
      "somebody else's trailer",
      "community",
      await appendTrailer(
        withoutTrailer,
        { flags: 0, completeSince: 0, publicKey: cleo.signer.publicKey },
        cleo.signer,
      ),
      withoutClaim,
    ],
    ["a plain client's message", "community", plainBytes, refused("no-envelope")],
    ["a plain client's message", "sds", plainBytes, plainVerdict(plainBytes)],
    ...(await oddContentCases(message, envelope, contentVerdict(vector))),
  ];
}

async function syncCases(vector: MessageVector): Promise<readonly Case[]> {
  const good = hexToBytes(vector.bytes);
  const message = decodedOf(vector) as SyncMessage;
  const unsigned = encodeMessage(message);
  const { signer } = memberOf("cleo");
  const ben = memberOf("ben");
  const claim = { flags: 0, completeSince: 0 };
  const lists = message.causalHistory.map((entry) => entry.messageId);
  const plain: SdsMessage = { ...message, senderId: asParticipantId("plain") };
  const plainClaim = { signed: false, completeSince: null, lists, requests: [], receiptsFrom: null };
  const changedHead = { ...message, causalHistory: [{ messageId: asMessageId("0".repeat(64)) }] };
  const trailer = good.subarray(unsigned.length);
  return [
    ["no trailer", "community", unsigned, refused("no-trailer")],
    ["no key in the trailer", "community", await appendTrailer(unsigned, claim, signer), refused("no-trailer-key")],
    [
      "signed by somebody else",
      "community",
      await appendTrailer(unsigned, { ...claim, publicKey: ben.signer.publicKey }, ben.signer),
      refused("trailer-of-another"),
    ],
    ["another head", "community", join(encodeMessage(changedHead), trailer), refused("bad-trailer-signature")],
    ["a trailer of version 2", "community", versionTwo(unsigned, trailer), refused("no-trailer")],
    ["a plain client's sync", "community", encodeMessage(plain), refused("no-trailer")],
    ["a plain client's sync", "sds", encodeMessage(plain), { result: "sync", claim: plainClaim }],
    ...(await oddSyncCases(message)),
  ];
}

/** Tag and length take three bytes, then `08 01` is the version. */
function versionTwo(unsigned: Uint8Array, trailer: Uint8Array): Uint8Array {
  if (trailer[4] !== 1 || TRAILER_FIELD !== 1000) throw new Error("The version is elsewhere");
  return join(unsigned, trailer.with(5, 2));
}

function plainVerdict(bytes: Uint8Array): VerdictVector {
  const message = decodedOf({ bytes: bytesToHex(bytes) }) as ContentMessage;
  const lists = message.causalHistory.map((entry) => entry.messageId);
  return {
    result: "content",
    ...{
      id: message.messageId,
      sender: "plain",
      signed: false,
      authorSeq: null,
      type: 1,
      lamport: Number(message.lamport),
    },
    parents: lists.map((id) => [id, null] as const),
    claim: { signed: false, completeSince: null, lists, requests: [], receiptsFrom: null },
  };
}

function contentVerdict({ verdict }: MessageVector): Extract<VerdictVector, { result: "content" }> {
  if (verdict.result !== "content") throw new Error("Not content");
  return verdict;
}

function vectorNamed(messages: readonly MessageVector[], name: string): MessageVector {
  const found = messages.find((message) => message.name === name);
  if (found === undefined) throw new Error(`No message "${name}"`);
  return found;
}

function refused(reason: string): VerdictVector {
  return { result: "refused", reason };
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ 1);
}

function upper(id: string) {
  return asMessageId(id.toUpperCase());
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

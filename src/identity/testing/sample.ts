import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { asChannelId, asMessageId, type MessageId } from "../../sds/wire/ids.ts";
import type { ContentMessage, EphemeralMessage, SdsMessage, SyncMessage } from "../../sds/wire/message.ts";
import { ProtobufWriter } from "../../sds/wire/protobuf.ts";
import { type EnvelopeContext, type EnvelopeFields, signEnvelope } from "../authors/envelope.ts";
import { appendTrailer } from "../authors/trailer.ts";
import { createNobleSigner } from "../keys/noble-signer.ts";
import { senderIdOf } from "../keys/sender-id.ts";

/** Fixed values that the tests of this folder share. */
export const channelId = asChannelId("AAECAwQFBgcICQoLDA0ODw");
export const signer = createNobleSigner(new Uint8Array(32).fill(1));
export const senderId = senderIdOf(channelId, signer.publicKey);
export const stranger = createNobleSigner(new Uint8Array(32).fill(2));
export const strangerId = senderIdOf(channelId, stranger.publicKey);

export const LAMPORT = 1_760_000_000_000;
export const parents: readonly MessageId[] = ["first", "second"].map((text) =>
  asMessageId(bytesToHex(sha256(new TextEncoder().encode(text)))),
);

export const fields: EnvelopeFields = {
  authorSeq: 7,
  composedAt: LAMPORT - 3,
  type: 1,
  body: new TextEncoder().encode("who has it?"),
  parentLamports: [LAMPORT - 1, LAMPORT - 60_000],
};
export const context: EnvelopeContext = { channelId, senderId, lamport: LAMPORT, causalIds: parents };

const head = {
  senderId,
  channelId,
  causalHistory: parents.map((messageId) => ({ messageId })),
  repairRequests: [],
};

/** SDS bytes in the spec's layout; the codec has its own tests. */
export function encodeSds(message: SdsMessage): Uint8Array {
  const writer = new ProtobufWriter()
    .string(1, message.senderId)
    .string(2, message.messageId)
    .string(3, message.channelId);
  if (message.kind !== "ephemeral") writer.uint64(10, message.lamport);
  for (const { messageId } of message.causalHistory) writer.message(11, (entry) => entry.string(1, messageId));
  if (message.kind !== "sync") writer.bytes(20, message.content);
  return writer.finish();
}

export async function sampleContent(): Promise<{ decoded: ContentMessage; bytes: Uint8Array }> {
  const content = await signEnvelope(fields, context, signer);
  const messageId = asMessageId(bytesToHex(sha256(content)));
  const decoded: ContentMessage = { ...head, kind: "content", messageId, lamport: LAMPORT, content };
  const bytes = await appendTrailer(encodeSds(decoded), { flags: 0, completeSince: LAMPORT - 600_000 }, signer);
  return { decoded, bytes };
}

export async function sampleSync(): Promise<{ decoded: SyncMessage; bytes: Uint8Array }> {
  const decoded: SyncMessage = { ...head, kind: "sync", messageId: asMessageId("sync-1"), lamport: LAMPORT };
  const claim = { flags: 1, completeSince: 12, publicKey: signer.publicKey };
  return { decoded, bytes: await appendTrailer(encodeSds(decoded), claim, signer) };
}

export async function sampleEphemeral(): Promise<{ decoded: EphemeralMessage; bytes: Uint8Array }> {
  const ephemeral = { ...context, lamport: null, causalIds: [] };
  const content = await signEnvelope({ ...fields, type: 3, parentLamports: [] }, ephemeral, signer);
  const messageId = asMessageId(bytesToHex(sha256(content)));
  const decoded: EphemeralMessage = { ...head, causalHistory: [], kind: "ephemeral", messageId, content };
  return { decoded, bytes: await appendTrailer(encodeSds(decoded), { flags: 0, completeSince: 0 }, signer) };
}

/** `bytes` with one bit turned. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const at = (bit >> 3) % bytes.length;
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << (bit & 7)));
}

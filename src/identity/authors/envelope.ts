import type { ChannelId, MessageId, ParticipantId } from "../../sds/wire/ids.ts";
import { frame } from "../bytes/signed-bytes.ts";
import { verifyStrict } from "../keys/ed25519-key.ts";
import { SIGNATURE_BYTES } from "../keys/ed25519-sizes.ts";
import { senderIdOf } from "../keys/sender-id.ts";
import type { Signer } from "../port.ts";
import {
  decodeEnvelope,
  ENVELOPE_VERSION,
  type Envelope,
  encodeEnvelope,
  encodeEnvelopeHead,
} from "./envelope-codec.ts";

const DOMAIN = "hearback/author/1";

export type EnvelopeFields = Pick<Envelope, "authorSeq" | "composedAt" | "type" | "body" | "origin"> & {
  /** In the order of `causalIds`; each below the message's own. */
  readonly parentLamports: readonly number[];
};

/** What the author signs besides the envelope: the parts of the SDS message that decide its place. */
export interface EnvelopeContext {
  readonly channelId: ChannelId;
  readonly senderId: ParticipantId;
  /** Null for an ephemeral message: it has no place in the log and no parents. */
  readonly lamport: number | null;
  /** Message ids of `causal_history`, in order. */
  readonly causalIds: readonly MessageId[];
}

/**
 * The encoded envelope, signed. Rejects with `RangeError` when the fields cannot be those of a valid message: a parent
 * not before its child, another number of parents than causes, a sender id that is not the signer's, a number or origin
 * out of range. Rejects with what the signer rejects with.
 */
export async function signEnvelope(
  fields: EnvelopeFields,
  context: EnvelopeContext,
  signer: Signer,
): Promise<Uint8Array> {
  const { authorSeq, composedAt, type, body, origin, parentLamports } = fields;
  const unsigned: Envelope = {
    version: ENVELOPE_VERSION,
    publicKey: signer.publicKey,
    authorSeq,
    composedAt,
    type,
    body,
    origin,
    parentDeltas: parentLamports.map((parent) => (context.lamport ?? 0) - parent),
    signature: new Uint8Array(SIGNATURE_BYTES),
  };
  assertSignable(unsigned, context);
  return encodeEnvelope({
    ...unsigned,
    signature: await signer.sign(signedBytes(encodeEnvelopeHead(unsigned), context)),
  });
}

/**
 * The author signature holds: the key is the sender's, each cause has one parent Lamport from 0 to below the message's
 * own, and the strict Ed25519 verdict over all of it is good.
 * @param head the envelope's fields 1 to 9 as they came; `headOf` has them without encoding them again
 */
export function verifyEnvelope(
  envelope: Envelope,
  context: EnvelopeContext,
  head: Uint8Array = encodeEnvelopeHead(envelope),
): boolean {
  return (
    matchesContext(envelope, context) &&
    verifyStrict(envelope.publicKey, signedBytes(head, context), envelope.signature)
  );
}

/** Lamport timestamps of the parents as the author signed them, in the order of `causal_history`. */
export function parentLamportsOf(envelope: Envelope, lamport: number): number[] {
  //= protocol: SIGN-5
  return envelope.parentDeltas.map((delta) => lamport - delta);
}

function assertSignable(unsigned: Envelope, context: EnvelopeContext): void {
  if (!matchesContext(unsigned, context)) {
    throw new RangeError("An envelope needs one parent Lamport below its own per cause, and its signer's sender id");
  }
  if (decodeEnvelope(encodeEnvelope(unsigned)) === null) {
    throw new RangeError("A field of the envelope is out of its range");
  }
}

function matchesContext({ publicKey, parentDeltas }: Envelope, context: EnvelopeContext): boolean {
  const { channelId, senderId, lamport, causalIds } = context;
  if (lamport !== null && !(Number.isSafeInteger(lamport) && lamport >= 0)) return false;
  // Without a Lamport timestamp of its own (ephemeral) a message can have no parent before it.
  const highestDelta = lamport ?? 0;
  //= protocol: SIGN-4
  return (
    parentDeltas.length === causalIds.length &&
    parentDeltas.every((delta) => delta >= 1 && delta <= highestDelta) &&
    senderIdOf(channelId, publicKey) === senderId
  );
}

/**
 * The frame (each input behind its 4-byte length) of: domain tag, channel id, sender id, Lamport timestamp (8 bytes; no
 * bytes for ephemeral, which so never passes for content), number of causal ids, each of them, encoded fields 1 to 9.
 */
function signedBytes(head: Uint8Array, { channelId, senderId, lamport, causalIds }: EnvelopeContext): Uint8Array {
  //= protocol: SIGN-3, SIGN-6
  const place = [channelId, senderId, lamport ?? new Uint8Array(), causalIds.length, ...causalIds];
  return frame(DOMAIN, ...place, head);
}

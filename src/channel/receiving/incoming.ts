import {
  type AuthenticationProblem,
  type AuthenticClaim,
  authenticateAuthor,
  readClaim,
} from "../../identity/authors/authenticate.ts";
import { parentLamportsOf } from "../../identity/authors/envelope.ts";
import { decodeEnvelope, type Envelope } from "../../identity/authors/envelope-codec.ts";
import { RECEIPT_PREFIX_BYTES, RECEIPTS_WANTED } from "../../identity/authors/trailer.ts";
import { isKeyedSenderId } from "../../identity/keys/sender-id.ts";
import { isExactLamport } from "../../sds/clock/lamport-clock.ts";
import type { ParentReference } from "../../sds/io/records.ts";
import type { IncomingClaim, IncomingContent, Source, StepInput } from "../../sds/io/step-input.ts";
import { type CopyPlace, isLowerCopy } from "../../sds/log/lower-copy.ts";
import { MESSAGE_TYPE, shownTypeOf } from "../../sds/parameters/message-type.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";
import type { ContentMessage, EphemeralMessage, SdsMessage, SyncMessage } from "../../sds/wire/message.ts";
import { isIdOf } from "../../sds/wire/message-id.ts";
import type { EphemeralView } from "../api/channel-client.ts";
import { profileNameOf } from "../api/display-name.ts";
import { decodeText } from "../api/text.ts";

export interface IncomingContext {
  readonly channelId: ChannelId;
  readonly profile: "community" | "sds";
  /** What is held under an id: then the author is not verified again. */
  readonly held: (id: MessageId) => CopyPlace | undefined;
}

export type Incoming =
  /** To be taken at once; what the sender says of itself with it comes behind. */
  | { readonly kind: "input"; readonly input: StepInput; readonly trailer: TrailerToVerify | null }
  /** A signed sync: it is nothing before its signature holds. */
  | { readonly kind: "sync"; readonly trailer: TrailerToVerify }
  /** Content that is held, by its id. Whether it is the same copy is to be asked. */
  | { readonly kind: "copy"; readonly id: MessageId; readonly trailer: TrailerToVerify | null }
  /** Not for the log. */
  | { readonly kind: "ephemeral"; readonly message: EphemeralView }
  /** Counted by reason. */
  | { readonly kind: "refused"; readonly reason: string };

/** What a sender says of itself, as it counts if `verify` finds nothing wrong. */
export interface TrailerToVerify {
  readonly claim: IncomingClaim;
  readonly source: Source;
  /** The content message that it is behind; null: it is that of a sync. */
  readonly of: MessageId | null;
  /** Its bytes, when they are another copy than the stored one. */
  readonly copy: Uint8Array | null;
  /** Bytes of the message, which it holds until it is verified. */
  readonly size: number;
  /** When it was pushed to this device, by its own clock; absent of what came out of a Store, and of content. */
  readonly arrivedAt?: number;
  /** One signature verdict, two for a copy: what takes some tenths of a millisecond. Null: it holds. */
  readonly verify: () => AuthenticationProblem | null;
}

/** What the trailer says, once it holds. `now`, by the clock by which it arrived, tells how long it waited. */
export function inputOf({ claim, source, of, copy, arrivedAt = 0 }: TrailerToVerify, now = arrivedAt): StepInput {
  if (of !== null) return { kind: "receive-claim", id: of, claim, copy, source };
  return { kind: "receive-sync", claim, source, waitedMs: arrivedAt === 0 ? 0 : Math.max(0, now - arrivedAt) };
}

/**
 * SDS bytes from anybody: decoded, the id checked against the content, the author's signature verified. The trailer's
 * is left to be verified behind the delivery.
 */
export function readIncoming(
  bytes: Uint8Array,
  source: Source,
  hint: Uint8Array | undefined,
  context: IncomingContext,
): Incoming {
  //= protocol: RECEIVE-1
  const decoded = specCodec.decode(bytes);
  if (!decoded.ok) return refused(decoded.reason);
  const { message } = decoded;
  if (message.channelId !== context.channelId) return refused("other-channel");
  switch (message.kind) {
    case "content":
      return readContent(bytes, message, source, hint, context);
    case "sync":
      return readSync(bytes, message, source, context);
    case "ephemeral":
      return readEphemeral(message, source, context);
  }
}

/** Handed on as it is, on its author's signature; its trailer, if it has one, says nothing that anybody needs. */
function readEphemeral(message: EphemeralMessage, source: Source, context: IncomingContext): Incoming {
  // For those who are there: out of a Store it comes too late, and somebody put it there.
  //= protocol: EPHEMERAL-2
  if (source === "store") return refused("ephemeral-stored");
  const { messageId: id, senderId: author, content } = message;
  if (!isIdOf(id, content)) return refused("wrong-id");
  //= protocol: EPHEMERAL-1, EPHEMERAL-2
  const verdict = authenticateAuthor(message, context.channelId);
  if (!("problem" in verdict)) {
    const { type, body, composedAt } = verdict.holds.envelope;
    const text = decodeText(body) ?? "";
    return { kind: "ephemeral", message: { id, author, signed: true, type: shownTypeOf(type), text, composedAt } };
  }
  if (!takesUnsigned(message, context.profile)) return refused(verdict.problem);
  const text = decodeText(content) ?? "";
  return { kind: "ephemeral", message: { id, author, signed: false, type: "chat", text, composedAt: null } };
}

function readContent(
  bytes: Uint8Array,
  message: ContentMessage,
  source: Source,
  hint: Uint8Array | undefined,
  context: IncomingContext,
): Incoming {
  const { lamport, messageId: id, senderId: sender } = message;
  //= protocol: TIME-4, RECEIVE-1
  if (!isExactLamport(lamport)) return refused("lamport-limit");
  // Before anything else looks at the id: it names exactly these bytes.
  //= protocol: ID-1, RECEIVE-1
  if (!isIdOf(id, message.content)) return refused("wrong-id");
  //= protocol: RECEIVE-2, PROFILE-7
  const held = context.held(id);
  if (held !== undefined && !isLowerCopy(held, { signed: false, lamport, sender })) {
    return { kind: "copy", id, trailer: copyTrailer(bytes, message, lamport, source, context) };
  }
  //= protocol: SIGN-10, RECEIVE-3
  const author = authenticateAuthor(message, context.channelId);
  if ("problem" in author) {
    //= protocol: PROFILE-1, PROFILE-2
    if (!takesUnsigned(message, context.profile)) return refused(author.problem);
    const content = unsignedContent(bytes, message, lamport);
    const claim = unsignedClaim(message, lamport);
    return { kind: "input", input: { kind: "receive-content", content, claim, source, hint }, trailer: null };
  }
  const content = signedContent(bytes, message, lamport, author.holds);
  //= protocol: SIGN-11, RECEIVE-7
  const trailer = trailerOf(bytes, message, lamport, source, context);
  return {
    kind: "input",
    input: { kind: "receive-content", content, claim: null, source, hint },
    trailer: "problem" in trailer ? null : trailer,
  };
}

function signedContent(
  bytes: Uint8Array,
  message: ContentMessage,
  lamport: number,
  { envelope, publicKey }: { readonly envelope: Envelope; readonly publicKey: Uint8Array },
): IncomingContent {
  const lamports = parentLamportsOf(envelope, lamport);
  return {
    id: message.messageId,
    lamport,
    sender: message.senderId,
    signed: true,
    publicKey,
    authorSeq: envelope.authorSeq,
    type: envelope.type,
    composedAt: envelope.composedAt,
    parents: parentsOf(message, (index) => lamports[index] ?? null),
    bytes,
    profileName: envelope.type === MESSAGE_TYPE.profile ? profileNameOf(decodeText(envelope.body)) : null,
  };
}

/** A plain SDS client's message (profile "sds"): its causes order it, but prove nothing. */
function unsignedContent(bytes: Uint8Array, message: ContentMessage, lamport: number): IncomingContent {
  return {
    id: message.messageId,
    lamport,
    sender: message.senderId,
    signed: false,
    publicKey: null,
    authorSeq: null,
    type: MESSAGE_TYPE.chat,
    composedAt: lamport,
    //= protocol: PROFILE-2
    parents: parentsOf(message, () => null),
    bytes,
    profileName: null,
  };
}

function parentsOf(message: ContentMessage, lamportOf: (index: number) => number | null): ParentReference[] {
  return message.causalHistory.map(({ messageId, retrievalHint }, index) => ({
    id: messageId,
    lamport: lamportOf(index),
    hint: retrievalHint,
  }));
}

function readSync(bytes: Uint8Array, message: SyncMessage, source: Source, context: IncomingContext): Incoming {
  const { lamport } = message;
  //= protocol: TIME-4
  if (!isExactLamport(lamport)) return refused("lamport-limit");
  //= protocol: PROFILE-1, PROFILE-4
  if (takesUnsigned(message, context.profile)) {
    const claim = unsignedClaim(message, lamport);
    return { kind: "input", input: { kind: "receive-sync", claim, source }, trailer: null };
  }
  const trailer = trailerOf(bytes, message, lamport, source, context);
  //= protocol: SIGN-11
  return "problem" in trailer ? refused(trailer.problem) : { kind: "sync", trailer };
}

/**
 * Unsigned words are for plain SDS clients, whose ids no key gives; in a member's name they are forged. An envelope whose
 * signature does not hold is nobody's word, and no text either.
 */
function takesUnsigned(message: SdsMessage, profile: "community" | "sds"): boolean {
  //= protocol: PROFILE-3, PROFILE-4
  if (profile !== "sds" || isKeyedSenderId(message.senderId)) return false;
  //= protocol: PROFILE-3
  return message.kind === "sync" || decodeEnvelope(message.content) === null;
}

/** What a sender says it has: a trailer behind the message, to be verified. */
function trailerOf(
  bytes: Uint8Array,
  message: ContentMessage | SyncMessage,
  lamport: number,
  source: Source,
  { channelId }: IncomingContext,
): TrailerToVerify | { readonly problem: AuthenticationProblem } {
  const read = readClaim(bytes, message, channelId);
  if ("problem" in read) return read;
  const { claim, verify } = read.holds;
  return {
    claim: {
      ...claimedBy(message, lamport),
      signed: true,
      publicKey: claim.publicKey,
      completeSince: claim.completeSince,
      repairRequests: message.repairRequests,
      receiptsWantedFrom: receiptsWantedFrom(claim),
    },
    source,
    of: message.kind === "content" ? message.messageId : null,
    copy: null,
    size: bytes.length,
    verify: () => (verify() ? null : "bad-trailer-signature"),
  };
}

/** Another copy counts only if it is its author's as well: the id covers neither its place nor its causes. */
function copyTrailer(
  bytes: Uint8Array,
  message: ContentMessage,
  lamport: number,
  source: Source,
  context: IncomingContext,
): TrailerToVerify | null {
  const trailer = trailerOf(bytes, message, lamport, source, context);
  if ("problem" in trailer) return null;
  //= protocol: DUP-2
  const verify = () => {
    const author = authenticateAuthor(message, context.channelId);
    return "problem" in author ? author.problem : trailer.verify();
  };
  return { ...trailer, copy: bytes, verify };
}

/** Unsigned, a claim proves no ancestry and asks for nothing; only profile "sds" listens to it at all. */
function unsignedClaim(message: ContentMessage | SyncMessage, lamport: number): IncomingClaim {
  return {
    //= protocol: PROFILE-5
    ...claimedBy(message, lamport),
    signed: false,
    publicKey: null,
    completeSince: Number.POSITIVE_INFINITY,
    repairRequests: [],
    receiptsWantedFrom: null,
  };
}

function claimedBy(message: ContentMessage | SyncMessage, lamport: number) {
  const { senderId: sender, kind: by, causalHistory: listed, bloomFilter } = message;
  return { sender, by, lamport, listed, bloomFilter };
}

function receiptsWantedFrom({ flags, receiptsFrom }: AuthenticClaim): number[] | null {
  //= protocol: WIRE-14, WIRE-15
  if ((flags & RECEIPTS_WANTED) === 0 || receiptsFrom === undefined) return null;
  const view = new DataView(receiptsFrom.buffer, receiptsFrom.byteOffset, receiptsFrom.byteLength);
  return Array.from({ length: receiptsFrom.length / RECEIPT_PREFIX_BYTES }, (_, index) =>
    view.getUint32(index * RECEIPT_PREFIX_BYTES),
  );
}

function refused(reason: string): Incoming {
  return { kind: "refused", reason };
}

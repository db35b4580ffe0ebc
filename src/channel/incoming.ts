import { type AuthenticClaim, authenticate } from "../identity/authenticate.ts";
import { parentLamportsOf } from "../identity/envelope.ts";
import { isKeyedSenderId } from "../identity/sender-id.ts";
import { RECEIPT_PREFIX_BYTES, RECEIPTS_WANTED } from "../identity/trailer.ts";
import { specCodec } from "../sds/codec.ts";
import type { ChannelId, MessageId } from "../sds/ids.ts";
import { isExactLamport } from "../sds/lamport-clock.ts";
import type { ContentMessage, SyncMessage } from "../sds/message.ts";
import { messageIdOf } from "../sds/message-id.ts";
import { MESSAGE_TYPE } from "../sds/message-type.ts";
import type { ParentReference } from "../sds/records.ts";
import type { IncomingClaim, IncomingContent, Source, StepInput } from "../sds/step-input.ts";
import { decodeText } from "./text.ts";

export interface IncomingContext {
  readonly channelId: ChannelId;
  readonly profile: "community" | "sds";
  /** Held already: then nothing is verified again. */
  readonly holds: (id: MessageId) => boolean;
}

export type Incoming =
  | { readonly kind: "input"; readonly input: StepInput }
  /** Not for the log: shown by nobody yet, counted. */
  | { readonly kind: "refused"; readonly reason: string };

/** SDS bytes from anybody, as a step input: decoded, id checked against the content, signatures verified. */
export function readIncoming(
  bytes: Uint8Array,
  source: Source,
  hint: Uint8Array | undefined,
  context: IncomingContext,
): Incoming {
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
      return refused("ephemeral");
  }
}

function readContent(
  bytes: Uint8Array,
  message: ContentMessage,
  source: Source,
  hint: Uint8Array | undefined,
  context: IncomingContext,
): Incoming {
  const { lamport } = message;
  if (!isExactLamport(lamport)) return refused("lamport-limit");
  // Before anything else looks at the id: it names exactly these bytes.
  if (messageIdOf(message.content) !== message.messageId) return refused("wrong-id");
  if (context.holds(message.messageId)) {
    return { kind: "input", input: { kind: "seen-again", id: message.messageId, source, hint } };
  }
  const { author, claim, problem } = authenticate(bytes, message, context.channelId);
  if (author === null && !takesUnsigned(message, context.profile)) return refused(problem ?? "unsigned");
  const content = author === null ? unsignedContent(bytes, message, lamport) : null;
  const signed = author === null ? null : signedContent(bytes, message, lamport, author);
  const accepted = signed ?? content;
  if (accepted === null) return refused("unsigned");
  return {
    kind: "input",
    input: {
      kind: "receive-content",
      content: accepted,
      claim: claimOf(message, lamport, claim, context.profile),
      source,
      hint,
    },
  };
}

function signedContent(
  bytes: Uint8Array,
  message: ContentMessage,
  lamport: number,
  author: NonNullable<ReturnType<typeof authenticate>["author"]>,
): IncomingContent {
  const { envelope, publicKey } = author;
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
    profileName: envelope.type === MESSAGE_TYPE.profile ? decodeText(envelope.body) : null,
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
  if (!isExactLamport(message.lamport)) return refused("lamport-limit");
  const { claim, problem } = authenticate(bytes, message, context.channelId);
  const accepted = claimOf(message, message.lamport, claim, context.profile);
  if (accepted === null) return refused(problem ?? "unsigned");
  return { kind: "input", input: { kind: "receive-sync", claim: accepted, source } };
}

/** Unsigned words are for plain SDS clients, whose ids no key gives; in a member's name they are forged. */
function takesUnsigned({ senderId }: ContentMessage | SyncMessage, profile: "community" | "sds"): boolean {
  return profile === "sds" && !isKeyedSenderId(senderId);
}

/** What the sender says it has. Unsigned, it proves no ancestry, and only profile "sds" listens to it at all. */
function claimOf(
  message: ContentMessage | SyncMessage,
  lamport: number,
  claim: ReturnType<typeof authenticate>["claim"],
  profile: "community" | "sds",
): IncomingClaim | null {
  if (claim === null && !takesUnsigned(message, profile)) return null;
  return {
    sender: message.senderId,
    signed: claim !== null,
    publicKey: claim?.publicKey ?? null,
    by: message.kind,
    lamport,
    completeSince: claim?.completeSince ?? Number.POSITIVE_INFINITY,
    listed: message.causalHistory,
    bloomFilter: message.bloomFilter,
    repairRequests: claim === null ? [] : message.repairRequests,
    receiptsWantedFrom: claim === null ? null : receiptsWantedFrom(claim),
  };
}

function receiptsWantedFrom({ flags, receiptsFrom }: AuthenticClaim): number[] | null {
  if ((flags & RECEIPTS_WANTED) === 0 || receiptsFrom === undefined) return null;
  const view = new DataView(receiptsFrom.buffer, receiptsFrom.byteOffset, receiptsFrom.byteLength);
  return Array.from({ length: receiptsFrom.length / RECEIPT_PREFIX_BYTES }, (_, index) =>
    view.getUint32(index * RECEIPT_PREFIX_BYTES),
  );
}

function refused(reason: string): Incoming {
  return { kind: "refused", reason };
}

import type { ChannelId } from "../../sds/wire/ids.ts";
import type { SdsMessage } from "../../sds/wire/message.ts";
import { type EnvelopeContext, verifyEnvelope } from "./envelope.ts";
import { decodeEnvelope, type Envelope, headOf } from "./envelope-codec.ts";
import { isKeyOf, splitTrailer, verifyTrailer } from "./trailer.ts";

/** Reasons to be counted. With `no-envelope` or `no-trailer` nobody claimed anything; the others are broken claims. */
export type AuthenticationProblem =
  | "other-channel"
  | "lamport-out-of-range"
  | "no-envelope"
  | "bad-author-signature"
  | "no-trailer"
  | "no-trailer-key"
  | "trailer-of-another"
  | "bad-trailer-signature";

/** The content is that of the sender, and so are Lamport timestamp and causes. */
export interface AuthenticAuthor {
  /** A view of the message. */
  readonly publicKey: Uint8Array;
  readonly envelope: Envelope;
}

/** What the sender says of itself with this message: claims, presence, requests. */
export interface AuthenticClaim {
  readonly publicKey: Uint8Array;
  readonly completeSince: number;
  readonly flags: number;
  readonly receiptsFrom: Uint8Array | undefined;
}

export interface UnverifiedClaim {
  /** What counts if the signature holds. */
  readonly claim: AuthenticClaim;
  /** The one signature verdict. */
  readonly verify: () => boolean;
}

export interface Authenticated {
  readonly author: AuthenticAuthor | null;
  readonly claim: AuthenticClaim | null;
  /** The first thing wrong, in the order author, claim. A message may be good for one and not for the other. */
  readonly problem?: AuthenticationProblem;
}

export type Verdict<T> = { readonly holds: T } | { readonly problem: AuthenticationProblem };

/**
 * Whose word a message is. Content counts only with `author`; claims, presence, repair and receipt requests count only
 * with `claim`. The two do not depend on each other: content repaired without its trailer still has an author, and a
 * sync has nothing but claims. That the id is the hash of the content is not asked here.
 * @param bytes the SDS message as received, of which `decoded` was decoded
 */
export function authenticate(bytes: Uint8Array, decoded: SdsMessage, channelId: ChannelId): Authenticated {
  const author = decoded.kind === "sync" ? null : authenticateAuthor(decoded, channelId);
  const claim = authenticateClaim(bytes, decoded, channelId);
  const problem = problemOf(author) ?? problemOf(claim);
  return { author: holding(author), claim: holding(claim), ...(problem === undefined ? {} : { problem }) };
}

/** The author's half of `authenticate`: one signature verdict, of which delivery depends. */
export function authenticateAuthor(
  decoded: Exclude<SdsMessage, { kind: "sync" }>,
  channelId: ChannelId,
): Verdict<AuthenticAuthor> {
  const context = contextOf(decoded, channelId);
  if ("problem" in context) return context;
  const envelope = decodeEnvelope(decoded.content);
  if (envelope === null) return { problem: "no-envelope" };
  if (!verifyEnvelope(envelope, context.holds, headOf(decoded.content))) return { problem: "bad-author-signature" };
  return { holds: { publicKey: envelope.publicKey, envelope } };
}

/** The claim's half of `authenticate`. */
export function authenticateClaim(
  bytes: Uint8Array,
  decoded: SdsMessage,
  channelId: ChannelId,
): Verdict<AuthenticClaim> {
  const read = readClaim(bytes, decoded, channelId);
  if ("problem" in read) return read;
  return read.holds.verify() ? { holds: read.holds.claim } : { problem: "bad-trailer-signature" };
}

/**
 * All of a claim but its signature verdict, which may come later and in batches, or never, if nobody needs the claim.
 * Everything else that could be wrong with the trailer is told at once.
 */
export function readClaim(bytes: Uint8Array, decoded: SdsMessage, channelId: ChannelId): Verdict<UnverifiedClaim> {
  const context = contextOf(decoded, channelId);
  if ("problem" in context) return context;
  const split = splitTrailer(bytes);
  //= protocol: SIGN-9
  if (split === null) return { problem: "no-trailer" };
  const envelope = decoded.kind === "sync" ? null : decodeEnvelope(decoded.content);
  //= protocol: SIGN-8
  const publicKey = split.trailer.publicKey ?? envelope?.publicKey;
  if (publicKey === undefined) return { problem: "no-trailer-key" };
  //= protocol: SIGN-8
  if (!isKeyOf(decoded.senderId, publicKey, channelId)) return { problem: "trailer-of-another" };
  const { completeSince, flags, receiptsFrom } = split.trailer;
  const claim = { publicKey, completeSince, flags, receiptsFrom };
  return { holds: { claim, verify: () => verifyTrailer(split, publicKey) } };
}

function contextOf(decoded: SdsMessage, channelId: ChannelId): Verdict<EnvelopeContext> {
  if (decoded.channelId !== channelId) return { problem: "other-channel" };
  const lamport = decoded.kind === "ephemeral" ? null : decoded.lamport;
  if (typeof lamport === "bigint") return { problem: "lamport-out-of-range" };
  const causalIds = decoded.causalHistory.map((entry) => entry.messageId);
  return { holds: { channelId, senderId: decoded.senderId, lamport, causalIds } };
}

function holding<T>(verdict: Verdict<T> | null): T | null {
  return verdict !== null && "holds" in verdict ? verdict.holds : null;
}

function problemOf(verdict: Verdict<unknown> | null): AuthenticationProblem | undefined {
  return verdict !== null && "problem" in verdict ? verdict.problem : undefined;
}

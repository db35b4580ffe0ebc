import { type AuthenticAuthor, judged, readAuthor, type Verdict } from "../../identity/authors/authenticate.ts";
import type { VerdictOf } from "../../identity/keys/verdicts.ts";
import { isExactLamport } from "../../sds/clock/lamport-clock.ts";
import type { Source } from "../../sds/io/step-input.ts";
import { type CopyPlace, isLowerCopy } from "../../sds/log/lower-copy.ts";
import { specCodec } from "../../sds/wire/codec.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";
import type { ContentMessage, EphemeralMessage } from "../../sds/wire/message.ts";
import { isIdOf } from "../../sds/wire/message-id.ts";

export interface IncomingContext {
  readonly channelId: ChannelId;
  readonly profile: "community" | "sds";
  /** What is held under an id: then the author is not verified again. */
  readonly held: (id: MessageId) => CopyPlace | undefined;
}

/** Bytes as far as they can be judged without knowing what is held by the time of their turn. */
export interface OpenedFrame {
  readonly bytes: Uint8Array;
  readonly decoded: ReturnType<typeof specCodec.decode>;
  /** The id names exactly the content. Of a sync there is nothing to ask. */
  readonly isOwnId: boolean;
  /** The author's verdict; null where none was asked for. It is of this very message, and goes wherever that goes. */
  readonly author: Verdict<AuthenticAuthor> | null;
}

/** SDS bytes from anybody: decoded, the id checked against the content. */
export function openFrame(bytes: Uint8Array): OpenedFrame {
  const decoded = specCodec.decode(bytes);
  const isOwnId =
    decoded.ok && decoded.message.kind !== "sync" && isIdOf(decoded.message.messageId, decoded.message.content);
  return { bytes, decoded, isOwnId, author: null };
}

/**
 * The same with the author's verdict, if it will be needed as things are. Whatever `readIncoming` would refuse before, or
 * takes for a copy, costs none.
 */
export async function judgeAhead(
  opened: OpenedFrame,
  source: Source,
  context: IncomingContext,
  verdictOf: VerdictOf,
): Promise<OpenedFrame> {
  const { decoded, isOwnId } = opened;
  if (!decoded.ok || !isOwnId) return opened;
  const { message } = decoded;
  if (message.kind === "sync" || (message.kind === "ephemeral" && source === "store")) return opened;
  if (message.kind === "content" && isCopy(message, context)) return opened;
  return { ...opened, author: await judgeAuthor(message, context.channelId, verdictOf) };
}

/** The author's half of `authenticate`, with a verdict from elsewhere. */
export async function judgeAuthor(
  message: ContentMessage | EphemeralMessage,
  channelId: ChannelId,
  verdictOf: VerdictOf,
): Promise<Verdict<AuthenticAuthor>> {
  const read = readAuthor(message, channelId);
  return "problem" in read ? read : judged(read.holds, await verdictOf(read.holds.signed));
}

/** It is held already, and this is no copy that has to take its place. */
export function isCopy(
  { messageId: id, lamport, senderId: sender }: ContentMessage,
  { held }: IncomingContext,
): boolean {
  if (!isExactLamport(lamport)) return false;
  //= protocol: RECEIVE-2, PROFILE-7
  const copy = held(id);
  return copy !== undefined && !isLowerCopy(copy, { signed: false, lamport, sender });
}

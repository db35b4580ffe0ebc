import { isAhead, isExactLamport } from "../clock/lamport-clock.ts";
import { hearLamport } from "../clock/lamport-state.ts";
import { applyClaim, creditLate, dropPendingCredits } from "../evidence/evidence.ts";
import { noteFilter } from "../evidence/received-filter.ts";
import { isForgotten, noteBelowWatermark, withoutForgotten } from "../holes/watermark.ts";
import type { RefusalReason } from "../io/effect.ts";
import type { IncomingContent, StepInput } from "../io/step-input.ts";
import { noteHint } from "../log/copies.ts";
import { createEntry } from "../log/create-entry.ts";
import { noteNumber } from "../log/equivocation.ts";
import { isLowerCopy, placeOf, takeLowerCopy } from "../log/lower-copy.ts";
import { confirmStored, readmit } from "../outbox/outbox.ts";
import { MAX_BUFFERED_BYTES, MAX_BUFFERED_BYTES_PER_SENDER, MAX_BUFFERED_PER_SENDER } from "../parameters/limits.ts";
import { applyProfileName, hearContent, meet } from "../participants/presence.ts";
import { cancelAnswer } from "../repair/repair.ts";
import type { MessageId } from "../wire/ids.ts";
import { admit, releaseKnown } from "./causal-delivery.ts";
import { embargo } from "./embargo.ts";
import type { IncomingMessage, ReceiveAndBelow, ReceiveContext } from "./receive-state.ts";

/** A content message arrived. Nothing changes before it is known to be acceptable. */
export function receiveContent(ctx: ReceiveContext, message: IncomingMessage): void {
  const { state, env } = ctx;
  const { content, claim, source, hint } = message;
  const held = state.log.entries.get(content.id);
  //= protocol: RECEIVE-2
  if (held !== undefined) {
    if (isLowerCopy(placeOf(held), content)) takeLowerCopy(ctx, held, content, hint);
    else seenAgain(ctx, { id: content.id, source, hint, whole: false });
    return;
  }
  //= protocol: RECEIVE-4
  const reason = refusalOf(state, content);
  if (reason !== null) {
    if (reason === "below-watermark" && content.signed) countAsKnown(ctx, content.id);
    ctx.effects.push({ kind: "reject", reason });
    return;
  }
  //= protocol: RECEIVE-5
  if (isAhead(content.lamport, env.now)) {
    embargo(ctx, message);
    return;
  }

  //= protocol: TIME-2, RECEIVE-6
  hearLamport(ctx, content.lamport);
  //= protocol: STATE-1
  ctx.changes.push({ op: "put", table: "body", record: { id: content.id, bytes: content.bytes } });
  const author = meet(ctx, content.sender, content.publicKey);
  if (content.signed) hearContent(ctx, author, source, content.lamport);
  const entry = createEntry(ctx, content, hint);
  //= protocol: OWN-1
  if (entry.mine) readmit(ctx, entry);
  noteNumber(ctx, entry);
  // Delivered it is missing no more, so they are to be found before.
  const children = state.holes.missing.get(entry.id)?.children ?? [];
  admit(ctx, entry);
  //= protocol: CLAIM-4, CLAIM-5
  creditLate(ctx, entry, children);
  if (claim !== null && !entry.mine) {
    applyClaim(ctx, author, withoutForgotten(state, claim, entry));
    noteFilter(ctx, author, claim);
  }
  if (content.profileName !== null && content.signed) {
    applyProfileName(ctx, author, content.profileName, content.lamport);
  }
}

/**
 * A duplicate triggers nothing, but it tells where a copy is and, out of a Store, that one is kept. Only if it is the
 * same to the last byte: the id covers the content alone, and anybody can put something else around it.
 */
export function seenAgain(
  ctx: ReceiveContext,
  { id, source, hint, whole }: Omit<Extract<StepInput, { kind: "seen-again" }>, "kind">,
): void {
  //= protocol: DUP-2
  if (!whole) return;
  const held = ctx.state.log.entries.get(id);
  //= protocol: DUP-1
  if (held !== undefined) noteHint(held, hint);
  if (source === "live") cancelAnswer(ctx.state, id);
  if (source === "store") confirmStored(ctx, id);
}

function refusalOf(state: ReceiveAndBelow, content: IncomingContent): RefusalReason | null {
  if (!isExactLamport(content.lamport)) return "lamport-limit";
  if (!content.signed && state.identity.profile === "community") return "unsigned";
  //= protocol: STATE-7
  if (content.lamport < state.holes.watermark) return "below-watermark";
  // In this order: it is seldom full, and looking up parents in a long log takes time.
  //= protocol: RECEIVE-4
  if (isBufferFull(state, content) && hasUnheldParent(state, content)) return "buffer-full";
  return null;
}

/** What its author signed says that it is older than all that is kept. */
function countAsKnown(ctx: ReceiveContext, id: MessageId): void {
  //= protocol: STATE-8
  noteBelowWatermark(ctx.state, id);
  dropPendingCredits(ctx, id);
  releaseKnown(ctx, id);
}

function hasUnheldParent(state: ReceiveAndBelow, content: IncomingContent): boolean {
  return content.parents.some((parent) => {
    return state.log.entries.get(parent.id)?.status !== "delivered" && !isForgotten(state, parent);
  });
}

/** Overflow drops the newest as if it had never come: it will be asked for, or sent again. */
function isBufferFull(state: ReceiveAndBelow, content: IncomingContent): boolean {
  const { length } = content.bytes;
  //= protocol: LIMIT-6
  if (state.log.buffered.bytes + length > MAX_BUFFERED_BYTES) return true;
  const sender = state.participants.byId.get(content.sender);
  if (sender === undefined) return false;
  const load = state.log.buffered.loadOf(sender);
  return load.bytes + length > MAX_BUFFERED_BYTES_PER_SENDER || load.count >= MAX_BUFFERED_PER_SENDER;
}

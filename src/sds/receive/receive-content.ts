import type { ChannelState, EmbargoedMessage, StepContext } from "../channel-state.ts";
import { isEmbargoed, isExactLamport, mergeLamport } from "../clock/lamport-clock.ts";
import { applyClaim, creditLate, dropPendingCredits } from "../evidence/evidence.ts";
import { noteFilter } from "../evidence/received-filter.ts";
import { isForgotten, noteBelowWatermark, withoutForgotten } from "../holes/watermark.ts";
import type { RejectReason } from "../io/effect.ts";
import type { IncomingContent, StepInput } from "../io/step-input.ts";
import { noteNumber } from "../log/equivocation.ts";
import { type Edge, edgesOf, type LogEntry } from "../log/log-entry.ts";
import { confirmStored, readmit } from "../outbox/outbox.ts";
import { MAX_BUFFERED_BYTES, MAX_BUFFERED_BYTES_PER_SENDER, MAX_BUFFERED_PER_SENDER } from "../parameters/limits.ts";
import { applyProfileName, hearContent, meet } from "../participants/presence.ts";
import { cancelAnswer } from "../repair/repair.ts";
import type { MessageId } from "../wire/ids.ts";
import { packHint } from "../wire/packed-hint.ts";
import { admit, releaseKnown } from "./causal-delivery.ts";
import { embargo } from "./embargo.ts";
import { isLowerCopy, placeOf, takeLowerCopy } from "./lower-copy.ts";

/** A content message arrived. Nothing changes before it is known to be acceptable. */
export function receiveContent(ctx: StepContext, message: EmbargoedMessage): void {
  const { state, env } = ctx;
  const { content, claim, source, hint } = message;
  const held = state.entries.get(content.id);
  if (held !== undefined) {
    if (isLowerCopy(placeOf(held), content)) takeLowerCopy(ctx, held, content, hint);
    else seenAgain(ctx, { id: content.id, source, hint, whole: false });
    return;
  }
  const reason = refusalOf(state, content);
  if (reason !== null) {
    if (reason === "below-watermark" && content.signed) countAsKnown(ctx, content.id);
    ctx.effects.push({ kind: "reject", reason });
    return;
  }
  if (isEmbargoed(content.lamport, env.now)) {
    embargo(ctx, message);
    return;
  }

  state.lamport = mergeLamport(state.lamport, content.lamport, env.now);
  ctx.changes.push({ op: "meta", key: "lamport", value: state.lamport });
  ctx.changes.push({ op: "put", table: "body", record: { id: content.id, bytes: content.bytes } });
  const author = meet(ctx, content.sender, content.publicKey);
  if (content.signed) hearContent(ctx, author, source, content.lamport);
  const entry = createEntry(ctx, content, hint);
  if (entry.mine) readmit(ctx, entry);
  noteNumber(ctx, entry);
  // Delivered it is missing no more, so they are to be found before.
  const children = state.missing.get(entry.id)?.children ?? [];
  admit(ctx, entry);
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
  ctx: StepContext,
  { id, source, hint, whole }: Omit<Extract<StepInput, { kind: "seen-again" }>, "kind">,
): void {
  if (!whole) return;
  const held = ctx.state.entries.get(id);
  if (held !== undefined) held.hint ??= packHint(hint);
  if (source === "live") cancelAnswer(ctx.state, id);
  if (source === "store") confirmStored(ctx, id);
}

function refusalOf(state: ChannelState, content: IncomingContent): RejectReason | null {
  if (!isExactLamport(content.lamport)) return "lamport-limit";
  if (!content.signed && state.identity.profile === "community") return "unsigned";
  if (content.lamport < state.watermark) return "below-watermark";
  // In this order: it is seldom full, and looking up parents in a long log takes time.
  if (isBufferFull(state, content) && hasUnheldParent(state, content)) return "buffer-full";
  return null;
}

/** What its author signed says that it is older than all that is kept. */
function countAsKnown(ctx: StepContext, id: MessageId): void {
  noteBelowWatermark(ctx.state, id);
  dropPendingCredits(ctx, id);
  releaseKnown(ctx, id);
}

function hasUnheldParent(state: ChannelState, content: IncomingContent): boolean {
  return content.parents.some((parent) => {
    return state.entries.get(parent.id)?.status !== "delivered" && !isForgotten(state, parent);
  });
}

/** Overflow drops the newest as if it had never come: it will be asked for, or sent again. */
function isBufferFull(state: ChannelState, content: IncomingContent): boolean {
  const { length } = content.bytes;
  if (state.buffered.bytes + length > MAX_BUFFERED_BYTES) return true;
  const sender = state.participantById.get(content.sender);
  if (sender === undefined) return false;
  const load = state.buffered.loadOf(sender);
  return load.bytes + length > MAX_BUFFERED_BYTES_PER_SENDER || load.count >= MAX_BUFFERED_PER_SENDER;
}

/** The node of the causal graph for a message, not yet linked to anything. */
export function createEntry(ctx: StepContext, content: IncomingContent, hint: Uint8Array | undefined): LogEntry {
  const { state } = ctx;
  const author = meet(ctx, content.sender, content.publicKey);
  state.strangers.delete(author);
  return {
    id: content.id,
    lamport: content.lamport,
    author,
    mine: content.sender === state.identity.self,
    signed: content.signed,
    authorSeq: content.authorSeq,
    type: content.type,
    composedAt: content.composedAt,
    parents: distinctParents(state, content),
    receivedAt: ctx.env.now,
    size: content.bytes.length,
    trailerHolds: false,
    number: state.nextEntryNumber++,
    status: "buffered",
    hint: packHint(hint),
    removed: false,
    audience: [],
    blocking: 0,
    dependents: null,
    deliveredChildren: 0,
    namedByOthers: false,
    timesListedBare: 0,
  };
}

/** An id counts once, and nothing depends on itself (an unsigned message can claim to). */
function distinctParents(state: ChannelState, content: IncomingContent): Edge[] {
  const [first, second] = content.parents;
  const arePair = content.parents.length <= 2 && first?.id !== second?.id;
  if (arePair && first?.id !== content.id && second?.id !== content.id) return edgesOf(state, content.parents);
  const seen = new Set<string>([content.id]);
  return edgesOf(
    state,
    content.parents.filter(({ id }) => !seen.has(id) && seen.add(id)),
  );
}

import { applyClaim } from "../evidence/evidence.ts";
import { noteFilter } from "../evidence/received-filter.ts";
import { withoutForgotten } from "../holes/watermark.ts";
import type { IncomingClaim, Source, StepInput } from "../io/step-input.ts";
import { noteStoredCopy, noteTrailerHolds } from "../log/copies.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { saveMessage } from "../log/save-message.ts";
import { confirmStored } from "../outbox/outbox.ts";
import { cancelAnswer } from "../repair/repair.ts";
import type { MessageId } from "../wire/ids.ts";
import { attachClaim } from "./embargo.ts";
import type { ReceiveAndBelow, ReceiveContext } from "./receive-state.ts";

type Claimed = Extract<StepInput, { kind: "receive-claim" }>;

/**
 * The trailer of a content message holds. It is verified behind the delivery, so what the sender says of itself comes a
 * little later than what the author said. Of a message that is not held nothing is known, whoever claims what with it.
 */
export function receiveClaim(ctx: ReceiveContext, { id, claim, copy, source }: Claimed): void {
  const { state } = ctx;
  const entry = state.log.entries.get(id);
  if (entry === undefined) {
    //= protocol: RECEIVE-7
    attachClaim(state, id, claim);
    return;
  }
  if (copy !== null) takeWholeCopy(ctx, entry, copy, source);
  noteTrailerHolds(entry);
  if (entry.mine) return;
  //= protocol: RECEIVE-7
  applyClaim(ctx, entry.author, withoutForgotten(state, claim, entry));
  noteFilter(ctx, entry.author, claim);
}

/** Another copy than the one that is stored. Repairs are made with the one whose trailer holds. */
function takeWholeCopy(ctx: ReceiveContext, entry: LogEntry, copy: Uint8Array, source: Source): void {
  //= protocol: DUP-2
  if (source === "live") cancelAnswer(ctx.state, entry.id);
  else confirmStored(ctx, entry.id);
  //= protocol: DUP-3
  if (entry.trailerHolds) return;
  noteStoredCopy(entry, copy.length);
  ctx.changes.push({ op: "put", table: "body", record: { id: entry.id, bytes: copy } });
  saveMessage(ctx, entry);
}

/**
 * Whether a claim would change nothing if its signature held: all that it lists is credited to its sender, down to where
 * it says that it is complete; it brings no newer filter; and it is no sync that is newer than the last one acted on.
 */
export function addsNothing(state: ReceiveAndBelow, claim: IncomingClaim): boolean {
  //= protocol: SIGN-12
  const { sender, by, lamport, completeSince, listed, bloomFilter } = claim;
  if (sender === state.identity.self) return true;
  const participant = state.participants.byId.get(sender);
  if (participant === undefined || participant.publicKey === null) return false;
  if (by === "sync" && lamport > participant.lastClaimLamport) return false;
  if (bloomFilter !== undefined && lamport > (participant.filter?.lamport ?? -1)) return false;
  return listed.every(({ messageId }) => {
    const entry = state.log.entries.get(messageId);
    const since = entry === undefined ? null : participant.credits.since(entry.number);
    return since !== null && since <= completeSince;
  });
}

/** Whether the bytes of one more copy of a held message matter, so that they are to be compared with the stored ones. */
export function isCopyWorthComparing(
  state: ReceiveAndBelow,
  id: MessageId,
  source: Source,
  hasTrailer: boolean,
): boolean {
  const entry = state.log.entries.get(id);
  if (entry === undefined) return false;
  const mayConfirm = source === "store" && state.outbox.items.has(id);
  return entry.hint === undefined || state.repair.answers.has(id) || mayConfirm || (hasTrailer && !entry.trailerHolds);
}

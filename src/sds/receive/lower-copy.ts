import { ledger, type StepContext } from "../channel-state.ts";
import type { IncomingContent } from "../io/step-input.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { saveMessage } from "../log/save-message.ts";
import { noteMoved } from "../log/unread.ts";
import { meet } from "../participants/presence.ts";
import type { ParticipantId } from "../wire/ids.ts";
import { packHint } from "../wire/packed-hint.ts";

/** Where a copy of an unsigned message stands: nothing but its content is under the id. */
export interface CopyPlace {
  readonly signed: boolean;
  readonly lamport: number;
  readonly sender: ParticipantId;
}

/**
 * Two plain SDS clients who say the same say it under one id, each with its own timestamp. All participants keep the
 * copy with the lowest (timestamp, sender id), in whatever order copies come, so that all have one order.
 */
export function isLowerCopy(held: CopyPlace, other: CopyPlace): boolean {
  if (held.signed || other.signed) return false;
  return other.lamport < held.lamport || (other.lamport === held.lamport && other.sender < held.sender);
}

export function placeOf({ signed, lamport, author }: LogEntry): CopyPlace {
  return { signed, lamport, sender: author.id };
}

/**
 * Takes over place, sender and bytes. It stays the message it was: delivered once, and waiting for what the first copy
 * named, which orders deliveries and proves nothing.
 */
export function takeLowerCopy(
  ctx: StepContext,
  entry: LogEntry,
  content: IncomingContent,
  hint: Uint8Array | undefined,
): void {
  const { state, changes } = ctx;
  const delivered = entry.status === "delivered";
  if (delivered) state.log.remove(entry);
  entry.author = meet(ctx, content.sender, content.publicKey);
  state.strangers.delete(entry.author);
  const from = entry.lamport;
  entry.lamport = content.lamport;
  entry.composedAt = content.composedAt;
  entry.size = content.bytes.length;
  entry.hint = packHint(hint) ?? entry.hint;
  if (delivered) state.log.insert(entry);
  changes.push({ op: "put", table: "body", record: { id: entry.id, bytes: content.bytes } });
  saveMessage(ctx, entry);
  if (!delivered) return;
  ledger(ctx, [entry.id], { kind: "moved" });
  noteMoved(ctx, entry, from);
}

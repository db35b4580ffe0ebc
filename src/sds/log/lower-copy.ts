import { ledger } from "../io/step-context.ts";
import type { IncomingContent } from "../io/step-input.ts";
import { meet, noteWriter } from "../participants/presence.ts";
import type { ParticipantId } from "../wire/ids.ts";
import { packHint } from "../wire/packed-hint.ts";
import type { LogEntry } from "./log-entry.ts";
import type { LogContext } from "./log-state.ts";
import { ownEntry, ownLog } from "./own.ts";
import { saveMessage } from "./save-message.ts";
import { noteMoved } from "./unread.ts";

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
  //= protocol: PROFILE-7
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
  ctx: LogContext,
  entry: LogEntry,
  content: IncomingContent,
  hint: Uint8Array | undefined,
): void {
  const { state, changes } = ctx;
  const delivered = entry.status === "delivered";
  const { order } = ownLog(state);
  //= protocol: PROFILE-7
  if (delivered) order.remove(entry);
  const own = ownEntry(entry);
  own.author = meet(ctx, content.sender, content.publicKey);
  noteWriter(state, own.author);
  const from = entry.lamport;
  own.lamport = content.lamport;
  own.composedAt = content.composedAt;
  own.size = content.bytes.length;
  own.hint = packHint(hint) ?? entry.hint;
  if (delivered) order.insert(entry);
  changes.push({ op: "put", table: "body", record: { id: entry.id, bytes: content.bytes } });
  saveMessage(ctx, entry);
  if (!delivered) return;
  ledger(ctx, [entry.id], { kind: "moved" });
  noteMoved(ctx, entry, from);
}

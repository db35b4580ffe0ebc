import { giveLamport } from "../clock/lamport-state.ts";
import type { StepInput } from "../io/step-input.ts";
import { noteTrailerHolds } from "../log/copies.ts";
import { createEntry } from "../log/create-entry.ts";
import { noteLastOwn, takeAuthorSeq } from "../log/own-messages.ts";
import { enqueue } from "../outbox/outbox.ts";
import { applyProfileName } from "../participants/presence.ts";
import { admit } from "../receive/causal-delivery.ts";
import type { ReceiveContext } from "../receive/receive-state.ts";
import { noteOwnContent } from "../sync/sync.ts";

/** An own message is accepted: it is part of the log at once, and durable before anybody is told so. */
export function composed(ctx: ReceiveContext, input: Extract<StepInput, { kind: "composed" }>): void {
  const { content, requestId, levelPercent = null } = input;
  //= protocol: STATE-3, COMPOSE-6
  ctx.durability = "strict";
  giveLamport(ctx, content.lamport);
  takeAuthorSeq(ctx, content.authorSeq);
  ctx.changes.push({ op: "put", table: "body", record: { id: content.id, bytes: content.bytes } });
  const entry = createEntry(ctx, content, undefined);
  noteTrailerHolds(entry);
  admit(ctx, entry);
  noteLastOwn(ctx.state, entry);
  enqueue(ctx, entry, { requestId, levelPercent });
  noteOwnContent(ctx, entry);
  if (content.profileName !== null) applyProfileName(ctx, entry.author, content.profileName, content.lamport);
}

import type { IncomingContent } from "../io/step-input.ts";
import { meet, noteWriter } from "../participants/presence.ts";
import { packHint } from "../wire/packed-hint.ts";
import { type Edge, edgesOf, type LogEntry } from "./log-entry.ts";
import type { LogAndBelow, LogContext } from "./log-state.ts";
import { ownLog } from "./own.ts";

/** The node of the causal graph for a message, not yet linked to anything. */
export function createEntry(ctx: LogContext, content: IncomingContent, hint: Uint8Array | undefined): LogEntry {
  const { state } = ctx;
  const author = meet(ctx, content.sender, content.publicKey);
  noteWriter(state, author);
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
    number: ownLog(state).nextNumber++,
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
function distinctParents(state: LogAndBelow, content: IncomingContent): Edge[] {
  const [first, second] = content.parents;
  const arePair = content.parents.length <= 2 && first?.id !== second?.id;
  if (arePair && first?.id !== content.id && second?.id !== content.id) return edgesOf(state.log, content.parents);
  //= protocol: EDGE-4
  const seen = new Set<string>([content.id]);
  return edgesOf(
    state.log,
    content.parents.filter(({ id }) => !seen.has(id) && seen.add(id)),
  );
}

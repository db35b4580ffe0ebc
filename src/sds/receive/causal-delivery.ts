import { connectedNow } from "../clock/connected-time.ts";
import { creditHolder } from "../evidence/evidence.ts";
import { addToOwnFilter } from "../evidence/received-filter.ts";
import { closeHole, declareLost, linkChild, missMessage } from "../holes/holes.ts";
import { isBeforeJoin } from "../holes/join-point.ts";
import { planAsking } from "../holes/missing-schedule.ts";
import { nowAwaited } from "../holes/shares.ts";
import { isForgotten } from "../holes/watermark.ts";
import { ledger } from "../io/step-context.ts";
import { groupsCausesFirst } from "../log/circles.ts";
import {
  addDependent,
  block,
  enterLog,
  noteEarlierChild,
  noteNamedByOthers,
  placeInLog,
  takeDependents,
  takeOverdue,
  unblock,
  waitForCauses,
} from "../log/graph.ts";
import { type Edge, isTrueEdge, type LogEntry } from "../log/log-entry.ts";
import { saveMessage } from "../log/save-message.ts";
import { noteUnread } from "../log/unread.ts";
import { scheduleAck } from "../sync/sync.ts";
import type { MessageId } from "../wire/ids.ts";
import { unpackHint } from "../wire/packed-hint.ts";
import type { ReceiveAndBelow, ReceiveContext } from "./receive-state.ts";

/**
 * Puts a held entry into the causal graph and delivers whatever has all its causes: each dependency is delivered,
 * declared lost, or older than the join point. Receiving a parent is not enough, it must have been delivered.
 */
export function admit(ctx: ReceiveContext, entry: LogEntry): void {
  const { state } = ctx;
  enterLog(state, entry);
  const freed = adoptChildren(state, entry);
  for (const reference of entry.parents) linkParent(ctx, entry, reference);
  //= protocol: DELIVER-1
  if (entry.blocking === 0) {
    deliverWithDependents(ctx, entry);
  } else {
    //= protocol: DELIVER-5
    waitForCauses(state, entry, connectedNow(state, ctx.env.now) + state.identity.parameters.lostAfterMs);
    saveMessage(ctx, entry);
  }
  for (const child of freed) free(ctx, child);
}

function free(ctx: ReceiveContext, child: LogEntry): void {
  if (unblock(child)) deliverWithDependents(ctx, child);
}

/**
 * Entries that named this id before it came. Those with a true edge now wait until it is delivered; a false edge is no
 * dependency, so the entries returned are to be freed of it.
 */
function adoptChildren(state: ReceiveAndBelow, entry: LogEntry): LogEntry[] {
  const missing = state.holes.missing.get(entry.id);
  if (missing === undefined) return [];
  const freed: LogEntry[] = [];
  for (const child of missing.children) {
    const reference = child.parents.find((parent) => parent.id === entry.id);
    //= protocol: EDGE-3
    const trueEdge = reference !== undefined && isTrueEdge(child, reference, entry);
    if (trueEdge && child.status === "delivered") noteEarlierChild(state, child, reference, entry);
    if (trueEdge && !child.mine) noteNamedByOthers(entry);
    const waited = child.status === "buffered" && missing.state !== "lost" && !isBeforeJoin(state, reference);
    if (!waited) continue;
    //= protocol: DELIVER-4
    if (trueEdge || !child.signed) addDependent(entry, child);
    else freed.push(child);
  }
  return freed;
}

export function linkParent(ctx: ReceiveContext, entry: LogEntry, reference: Edge): void {
  const { state } = ctx;
  const parent = state.log.entries.get(reference.id);
  if (parent !== undefined) {
    //= protocol: EDGE-2
    if (!isDependency(entry, reference, parent)) return;
    if (isTrueEdge(entry, reference, parent) && !entry.mine) noteNamedByOthers(parent);
    //= protocol: DELIVER-1
    if (parent.status === "buffered") {
      addDependent(parent, entry);
      block(entry);
    }
    return;
  }
  //= protocol: STATE-8
  if (isForgotten(state, reference)) return;
  const missing = missMessage(ctx, reference.id, {
    by: entry.author.index,
    lamport: reference.lamport,
    hint: unpackHint(reference.hint),
  });
  linkChild(missing, entry);
  nowAwaited(state, missing, entry.author);
  planAsking(state, missing);
  //= protocol: EDGE-3, DELIVER-1, JOIN-3
  if (missing.state !== "lost" && !isBeforeJoin(state, reference)) block(entry);
}

/** A false edge is none; of unsigned children nothing better is known than what they name. */
function isDependency(child: LogEntry, reference: Edge, parent: LogEntry): boolean {
  //= protocol: EDGE-2, EDGE-5
  return !child.signed || isTrueEdge(child, reference, parent);
}

/** The cause that they wait for came and is too old to be kept. Below the watermark everything counts as known. */
export function releaseKnown(ctx: ReceiveContext, id: MessageId): void {
  const { state } = ctx;
  const missing = state.holes.missing.get(id);
  if (missing === undefined) return;
  const waiting = missing.children.filter((child) => {
    const reference = child.parents.find((parent) => parent.id === id);
    return child.status === "buffered" && missing.state !== "lost" && !isBeforeJoin(state, reference);
  });
  //= protocol: STATE-8
  closeHole(ctx, id);
  for (const child of waiting) free(ctx, child);
}

/** Delivers these entries and then, causes first, all that only waited for them. */
export function deliverWithDependents(ctx: ReceiveContext, ...first: LogEntry[]): void {
  //= protocol: DELIVER-2
  const ready = new Set(first);
  for (const entry of ready) {
    deliver(ctx, entry);
    for (const dependent of takeDependents(entry)) if (unblock(dependent)) ready.add(dependent);
  }
}

function deliver(ctx: ReceiveContext, entry: LogEntry): void {
  const { state } = ctx;
  //= protocol: DELIVER-3
  placeInLog(ctx, entry);
  addToOwnFilter(state, entry.id);
  //= protocol: HOLE-3
  closeHole(ctx, entry.id);
  saveMessage(ctx, entry);
  ledger(ctx, [entry.id], entry.mine ? { kind: "accepted" } : { kind: "delivered", participant: entry.author.index });
  noteUnread(ctx, entry);
  if (!entry.mine) {
    creditHolder(state, entry);
    //= protocol: DELIVER-3, SYNC-7
    scheduleAck(ctx);
  }
}

/** Entries whose patience ran out are delivered past what they miss, and what they miss becomes a visible hole. */
export function deliverPastLost(ctx: ReceiveContext): void {
  const { state, env } = ctx;
  for (const entry of takeOverdue(state, connectedNow(state, env.now))) {
    if (entry.status !== "buffered") continue;
    //= protocol: DELIVER-5
    for (const missing of missingBelow(state, entry)) releaseLost(ctx, missing);
    if (entry.status === "buffered") deliverCircles(ctx, entry);
  }
}

/** Nothing is missing, so what it waits for waits for itself, and waiting longer would not help. */
function deliverCircles(ctx: ReceiveContext, above: LogEntry): void {
  //= protocol: DELIVER-6
  for (const group of groupsCausesFirst(above, (entry) => waitedFor(ctx.state, entry))) {
    const waiting = group.filter(({ status }) => status === "buffered");
    // All of one circle, before anything that waits for one of it.
    deliverWithDependents(ctx, ...waiting);
  }
}

/** The causes that an entry waits for and that wait themselves. Not those that came when they had been given up. */
function waitedFor(state: ReceiveAndBelow, entry: LogEntry): LogEntry[] {
  return entry.parents.flatMap((reference) => {
    const parent = state.log.entries.get(reference.id);
    return parent?.status === "buffered" && parent.dependents?.has(entry) === true ? [parent] : [];
  });
}

/**
 * All that is missing under a buffered entry, through those it waits for: causes stay first even when time runs out. Not
 * through what it names falsely, or came too late for it: it waits for neither, and these have their own time.
 */
function missingBelow(state: ReceiveAndBelow, entry: LogEntry): MessageId[] {
  const found = new Set<MessageId>();
  const seen = new Set<LogEntry>([entry]);
  for (const current of seen) {
    for (const reference of current.parents) {
      const isMissing = !state.log.entries.has(reference.id);
      if (isMissing && !isBeforeJoin(state, reference) && !isForgotten(state, reference)) found.add(reference.id);
    }
    for (const parent of waitedFor(state, current)) seen.add(parent);
  }
  return [...found];
}

function releaseLost(ctx: ReceiveContext, id: MessageId): void {
  const missing = ctx.state.holes.missing.get(id);
  if (missing === undefined || missing.state === "lost") return;
  declareLost(ctx, missing);
  for (const child of missing.children) {
    const reference = child.parents.find((parent) => parent.id === id);
    if (child.status !== "buffered" || isBeforeJoin(ctx.state, reference)) continue;
    free(ctx, child);
  }
}

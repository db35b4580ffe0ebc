import { isAhead, tickLamport } from "../clock/lamport-clock.ts";
import { giveLamport } from "../clock/lamport-state.ts";
import { chooseParents, nameable } from "../evidence/causal-history.ts";
import { completeSince } from "../holes/holes.ts";
import type { Preparation } from "../io/effect.ts";
import type { ParentReference } from "../io/records.ts";
import { type Environment, ledger } from "../io/step-context.ts";
import type { IncomingContent } from "../io/step-input.ts";
import { createEntry } from "../log/create-entry.ts";
import { type LogEntry, referenceOf } from "../log/log-entry.ts";
import { noteLastOwn, noteRemoved, takeOutOfLog } from "../log/own-messages.ts";
import { saveMessage } from "../log/save-message.ts";
import { enqueue, stopSending, UNASKED } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import { beginReplacing, endReplacing, removeFromOutbox, tryAgainLater } from "../outbox/replacing.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import { admit } from "../receive/causal-delivery.ts";
import type { ReceiveAndBelow, ReceiveContext } from "../receive/receive-state.ts";
import { cancelAnswer } from "../repair/repair.ts";
import { nameNoMore } from "../sync/sync.ts";
import type { MessageId } from "../wire/ids.ts";

/**
 * Own messages of which no byte ever left may be composed anew: when one of them is deleted (a `void` takes its sequence
 * number, since a gap would look like a loss to everybody), when they waited for a day, and when their timestamps come from
 * a clock that was wrong. Those that were written after the first one name it as a cause, so they are composed anew too.
 */

/** A person deletes an own message. What never left is as if it had not been said; what may have left is only hidden here. */
export function withdraw(ctx: ReceiveContext, id: MessageId): void {
  const item = ctx.state.outbox.items.get(id);
  // What is being composed anew comes back under another id, and can be deleted then; and so can what never left before it,
  // in whose place a void could not come now.
  if (item === undefined || item.replaced) return;
  if (neverLeft(ctx.state, id) && ownFrom(ctx.state, item).some(({ replaced }) => replaced)) return;
  const replaced = replaceableFrom(ctx.state, item);
  //= protocol: ANEW-5
  if (replaced === null) remove(ctx, item);
  else hold(ctx, replaced, id);
}

export function neverLeft(state: ReceiveAndBelow, id: MessageId): boolean {
  const item = state.outbox.items.get(id);
  return item !== undefined && item.stage === "queued" && item.attempts === 0;
}

/** Looks for messages that must not leave as they are; to be called before attempts are made. */
export function composeStaleAnew(ctx: ReceiveContext): void {
  if (!ctx.state.clock.connection.online) return;
  for (const item of ctx.state.outbox.open) {
    if (item.attempts > 0 || item.replaced || !isStale(ctx, item)) continue;
    const replaced = replaceableFrom(ctx.state, item);
    if (replaced !== null) hold(ctx, replaced, null);
    return;
  }
}

function isStale({ env }: ReceiveContext, { entry, nextAttemptAt }: OutboxEntry): boolean {
  if (nextAttemptAt === null || nextAttemptAt > env.now) return false;
  //= protocol: ANEW-3
  return entry.lamport < env.now - HORIZON_MS || isAhead(entry.lamport, env.now);
}

/**
 * The message and all own ones after it, in the order of their numbers; null unless none of them was ever attempted and
 * nobody else names one of them.
 */
function replaceableFrom(state: ReceiveAndBelow, first: OutboxEntry): OutboxEntry[] | null {
  const later = ownFrom(state, first);
  const untouched = later.every(({ attempts, replaced, stage, entry }) => {
    //= protocol: ANEW-1
    return attempts === 0 && !replaced && stage === "queued" && !entry.namedByOthers;
  });
  return untouched ? later.sort((a, b) => (a.entry.authorSeq ?? 0) - (b.entry.authorSeq ?? 0)) : null;
}

function ownFrom(state: ReceiveAndBelow, first: OutboxEntry): OutboxEntry[] {
  const from = first.entry.authorSeq ?? 0;
  return [...state.outbox.items.values()].filter(({ entry }) => (entry.authorSeq ?? 0) >= from);
}

function hold(ctx: ReceiveContext, replaced: readonly OutboxEntry[], voided: MessageId | null): void {
  beginReplacing(replaced);
  ctx.effects.push({ kind: "compose-anew", ids: replaced.map(({ entry }) => entry.id), voided });
}

function remove(ctx: ReceiveContext, item: OutboxEntry): void {
  const { entry } = item;
  stopSending(ctx, entry.id);
  if (entry.removed) return;
  noteRemoved(ctx.state, entry);
  cancelAnswer(ctx.state, entry.id);
  ctx.durability = "strict";
  saveMessage(ctx, entry);
  //= protocol: ANEW-5
  ctx.changes.push({ op: "delete", table: "body", key: entry.id });
  ledger(ctx, [entry.id], { kind: "removed" });
}

/**
 * What the next of the messages `ids` is to be made of, after `done` of them were composed anew. As `prepare`, on a log
 * without them; it changes nothing.
 */
export function prepareAnew(
  state: ReceiveAndBelow,
  env: Environment,
  ids: readonly MessageId[],
  done: readonly IncomingContent[],
): Preparation | null {
  const replaced = new Set(ids.flatMap((id) => state.log.entries.get(id) ?? []));
  const entry = [...replaced][done.length];
  if (entry === undefined || replaced.size !== ids.length) return null;
  const previous = done.at(-1);
  return {
    authorSeq: entry.authorSeq ?? 0,
    lamport: tickLamport(Math.max(state.clock.lamport, previous?.lamport ?? 0), env.now),
    parents: parentsAnew(state, env, replaced, done),
    completeSince: completeSince(state),
    bloomFilter: state.evidence.ownFilter?.toBytes(),
  };
}

/** The first takes the log's heads; each other one its predecessor and what no predecessor named. */
function parentsAnew(
  state: ReceiveAndBelow,
  env: Environment,
  replaced: ReadonlySet<LogEntry>,
  done: readonly IncomingContent[],
): ParentReference[] {
  const previous = done.at(-1);
  const log = nameable(state, replaced);
  //= protocol: ANEW-1
  if (previous === undefined) return chooseParents(log, env).map(referenceOf);
  const named = new Set(done.flatMap(({ parents }) => parents.map(({ id }) => id)));
  const rest = { heads: [...log.heads].filter(({ id }) => !named.has(id)), lastOwn: null };
  const others = chooseParents(rest, env, 1).map(referenceOf);
  return [...others, { id: previous.id, lamport: previous.lamport }];
}

/** They come back composed, in the same order; none when that failed, and then all stays as it was. */
export function composedAnew(
  ctx: ReceiveContext,
  ids: readonly MessageId[],
  contents: readonly IncomingContent[],
): void {
  const { state, env } = ctx;
  const items = ids.flatMap((id) => state.outbox.items.get(id) ?? []);
  const [first] = items;
  if (first === undefined) return;
  const own = ownFrom(state, first);
  endReplacing(own);
  if (contents.length !== items.length) {
    tryAgainLater(state, items, env.now);
    return;
  }
  if (own.length > items.length) {
    // Something was said meanwhile, and names what was to be replaced.
    //= protocol: ANEW-2
    const voided = ids.find((_, index) => contents[index]?.type === MESSAGE_TYPE.void) ?? null;
    const replaced = replaceableFrom(state, first);
    if (replaced !== null) hold(ctx, replaced, voided);
    return;
  }
  ctx.durability = "strict";
  //= protocol: ANEW-1
  for (const { entry } of items.toReversed()) takeOut(ctx, entry);
  for (const [index, content] of contents.entries()) {
    giveLamport(ctx, content.lamport);
    ctx.changes.push({ op: "put", table: "body", record: { id: content.id, bytes: content.bytes } });
    const entry = createEntry(ctx, content, undefined);
    admit(ctx, entry);
    noteLastOwn(state, entry);
    const said = content.type === MESSAGE_TYPE.void ? undefined : items[index];
    enqueue(ctx, entry, said ?? UNASKED);
  }
}

/** Nobody else knows of it, and no own message that stays is built on it. */
function takeOut(ctx: ReceiveContext, entry: LogEntry): void {
  const { state } = ctx;
  takeOutOfLog(state, entry);
  nameNoMore(state, entry);
  removeFromOutbox(state, entry.id);
  for (const table of ["message", "body", "outbox"] as const) ctx.changes.push({ op: "delete", table, key: entry.id });
  ledger(ctx, [entry.id], { kind: "withdrawn" });
}

import { type ChannelState, type Environment, ledger, type StepContext } from "../channel-state.ts";
import { isEmbargoed, tickLamport } from "../clock/lamport-clock.ts";
import { chooseParents, nameable } from "../evidence/causal-history.ts";
import { completeSince } from "../holes/holes.ts";
import type { Preparation } from "../io/effect.ts";
import type { ParentReference } from "../io/records.ts";
import type { IncomingContent } from "../io/step-input.ts";
import { newestOwn } from "../log/ahead.ts";
import { isCover, trueParents } from "../log/heads.ts";
import { type LogEntry, referenceOf } from "../log/log-entry.ts";
import { saveMessage } from "../log/save-message.ts";
import { enqueue, stopSending, UNASKED } from "../outbox/outbox.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import { admit } from "../receive/causal-delivery.ts";
import { createEntry } from "../receive/receive-content.ts";
import type { MessageId } from "../wire/ids.ts";

/**
 * Own messages of which no byte ever left may be composed anew: when one of them is deleted (a `void` takes its sequence
 * number, since a gap would look like a loss to everybody), when they waited for a day, and when their timestamps come from
 * a clock that was wrong. Those that were written after the first one name it as a cause, so they are composed anew too.
 */

/** A person deletes an own message. What never left is as if it had not been said; what may have left is only hidden here. */
export function withdraw(ctx: StepContext, id: MessageId): void {
  const item = ctx.state.outbox.get(id);
  // What is being composed anew comes back under another id, and can be deleted then; and so can what never left before it,
  // in whose place a void could not come now.
  if (item === undefined || item.held) return;
  if (neverLeft(ctx.state, id) && ownFrom(ctx.state, item).some(({ held }) => held)) return;
  const replaced = replaceableFrom(ctx.state, item);
  if (replaced === null) remove(ctx, item);
  else hold(ctx, replaced, id);
}

export function neverLeft(state: ChannelState, id: MessageId): boolean {
  const item = state.outbox.get(id);
  return item !== undefined && item.stage === "queued" && item.attempts === 0;
}

/** Looks for messages that must not leave as they are; to be called before attempts are made. */
export function composeStaleAnew(ctx: StepContext): void {
  if (!ctx.state.connection.online) return;
  for (const item of ctx.state.open) {
    if (item.attempts > 0 || item.held || !isStale(ctx, item)) continue;
    const replaced = replaceableFrom(ctx.state, item);
    if (replaced !== null) hold(ctx, replaced, null);
    return;
  }
}

function isStale({ env }: StepContext, { entry, nextAttemptAt }: OutboxEntry): boolean {
  if (nextAttemptAt === null || nextAttemptAt > env.now) return false;
  return entry.lamport < env.now - HORIZON_MS || isEmbargoed(entry.lamport, env.now);
}

/**
 * The message and all own ones after it, in the order of their numbers; null unless none of them was ever attempted and
 * nobody else names one of them.
 */
function replaceableFrom(state: ChannelState, first: OutboxEntry): OutboxEntry[] | null {
  const later = ownFrom(state, first);
  const untouched = later.every(({ attempts, held, stage, entry }) => {
    return attempts === 0 && !held && stage === "queued" && !entry.namedByOthers;
  });
  return untouched ? later.sort((a, b) => (a.entry.authorSeq ?? 0) - (b.entry.authorSeq ?? 0)) : null;
}

function ownFrom(state: ChannelState, first: OutboxEntry): OutboxEntry[] {
  const from = first.entry.authorSeq ?? 0;
  return [...state.outbox.values()].filter(({ entry }) => (entry.authorSeq ?? 0) >= from);
}

function hold(ctx: StepContext, replaced: readonly OutboxEntry[], voided: MessageId | null): void {
  for (const item of replaced) item.held = true;
  ctx.effects.push({ kind: "compose-anew", ids: replaced.map(({ entry }) => entry.id), voided });
}

function remove(ctx: StepContext, item: OutboxEntry): void {
  const { entry } = item;
  stopSending(ctx, entry.id);
  if (entry.removed) return;
  entry.removed = true;
  ctx.state.removed.add(entry);
  ctx.state.answers.delete(entry.id);
  ctx.durability = "strict";
  saveMessage(ctx, entry);
  ctx.changes.push({ op: "delete", table: "body", key: entry.id });
  ledger(ctx, [entry.id], { kind: "removed" });
}

/**
 * What the next of the messages `ids` is to be made of, after `done` of them were composed anew. As `prepare`, on a log
 * without them; it changes nothing.
 */
export function prepareAnew(
  state: ChannelState,
  env: Environment,
  ids: readonly MessageId[],
  done: readonly IncomingContent[],
): Preparation | null {
  const replaced = new Set(ids.flatMap((id) => state.entries.get(id) ?? []));
  const entry = [...replaced][done.length];
  if (entry === undefined || replaced.size !== ids.length) return null;
  const previous = done.at(-1);
  return {
    authorSeq: entry.authorSeq ?? 0,
    lamport: tickLamport(Math.max(state.lamport, previous?.lamport ?? 0), env.now),
    parents: parentsAnew(state, env, replaced, done),
    completeSince: completeSince(state),
    bloomFilter: state.bloom?.toBytes(),
  };
}

/** The first takes the log's heads; each other one its predecessor and what no predecessor named. */
function parentsAnew(
  state: ChannelState,
  env: Environment,
  replaced: ReadonlySet<LogEntry>,
  done: readonly IncomingContent[],
): ParentReference[] {
  const previous = done.at(-1);
  const log = nameable(state, replaced);
  if (previous === undefined) return chooseParents(log, env).map(referenceOf);
  const named = new Set(done.flatMap(({ parents }) => parents.map(({ id }) => id)));
  const rest = { heads: [...log.heads].filter(({ id }) => !named.has(id)), lastOwn: null };
  const others = chooseParents(rest, env, 1).map(referenceOf);
  return [...others, { id: previous.id, lamport: previous.lamport }];
}

/** They come back composed, in the same order; none when that failed, and then all stays as it was. */
export function composedAnew(ctx: StepContext, ids: readonly MessageId[], contents: readonly IncomingContent[]): void {
  const { state, env } = ctx;
  const items = ids.flatMap((id) => state.outbox.get(id) ?? []);
  const [first] = items;
  if (first === undefined) return;
  const own = ownFrom(state, first);
  for (const item of own) item.held = false;
  if (contents.length !== items.length) {
    for (const item of items) item.nextAttemptAt = env.now + state.identity.parameters.resendMaxMs;
    return;
  }
  if (own.length > items.length) {
    // Something was said meanwhile, and names what was to be replaced.
    const voided = ids.find((_, index) => contents[index]?.type === MESSAGE_TYPE.void) ?? null;
    const replaced = replaceableFrom(state, first);
    if (replaced !== null) hold(ctx, replaced, voided);
    return;
  }
  ctx.durability = "strict";
  for (const { entry } of items.toReversed()) takeOut(ctx, entry);
  for (const [index, content] of contents.entries()) {
    state.lamport = Math.max(state.lamport, content.lamport);
    ctx.changes.push({ op: "put", table: "body", record: { id: content.id, bytes: content.bytes } });
    const entry = createEntry(ctx, content, undefined);
    admit(ctx, entry);
    state.lastOwn = entry;
    const said = content.type === MESSAGE_TYPE.void ? undefined : items[index];
    enqueue(ctx, entry, said ?? UNASKED);
  }
  ctx.changes.push({ op: "meta", key: "lamport", value: state.lamport });
}

/** As if it had never been. Nobody else knows of it, and no own message that stays is built on it. */
function takeOut(ctx: StepContext, entry: LogEntry): void {
  const { state } = ctx;
  const counted = !state.ahead.has(entry);
  for (const parent of trueParents(state, entry)) {
    if (!counted) continue;
    parent.deliveredChildren--;
    if (parent.deliveredChildren === 0 && isCover(state, parent)) state.heads.add(parent);
  }
  state.log.remove(entry);
  state.entries.delete(entry.id);
  state.heads.delete(entry);
  state.ahead.delete(entry);
  state.sync.asked.delete(entry);
  const item = state.outbox.get(entry.id);
  if (item !== undefined) state.open.delete(item);
  state.outbox.delete(entry.id);
  if (state.lastOwn === entry) state.lastOwn = newestOwn(state);
  for (const table of ["message", "body", "outbox"] as const) ctx.changes.push({ op: "delete", table, key: entry.id });
  ledger(ctx, [entry.id], { kind: "withdrawn" });
}

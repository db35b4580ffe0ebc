import { isAhead } from "../clock/lamport-clock.ts";
import type { IncomingClaim } from "../io/step-input.ts";
import { isLowerCopy } from "../log/lower-copy.ts";
import { HORIZON_MS, LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import type { MessageId } from "../wire/ids.ts";
import { ownReceive } from "./own.ts";
import type { IncomingMessage, ReceiveAndBelow, ReceiveContext } from "./receive-state.ts";

/** Held in memory until its time comes, at most this many: a wrong clock is rare, a flood of them is an attack. */
const MAX_EMBARGOED = 256;

/**
 * Content from more than ten minutes ahead is neither delivered nor claimed, and does not move our clock: otherwise one
 * participant with a wrong clock could drag everybody's Lamport timestamps into the future.
 */
export function embargo(ctx: ReceiveContext, message: IncomingMessage): void {
  const { state, env } = ctx;
  const { embargoed } = ownReceive(state);
  const { id } = message.content;
  const held = embargoed.get(id);
  if (held !== undefined) {
    if (isLowerCopy(held.content, message.content)) embargoed.set(id, { ...message, storedSince: held.storedSince });
    return;
  }
  //= protocol: LIMIT-7
  if (embargoed.size >= MAX_EMBARGOED) {
    ctx.effects.push({ kind: "reject", reason: "embargo-full" });
    if (!dropFurtherAhead(state, message)) return;
  }
  const storedSince = message.source === "live" ? env.now : Math.min(env.now, lowestCursor(state));
  //= protocol: RECEIVE-5
  embargoed.set(id, { ...message, storedSince });
}

/** Of whichever Store it came, that one had it since then or later. */
function lowestCursor({ receive: { historyCursor, historyCursors } }: ReceiveAndBelow): number {
  return Math.min(historyCursor, ...historyCursors.values());
}

/** The furthest ahead makes room: else places taken by what never comes to its time would be lost for good. */
function dropFurtherAhead(state: ReceiveAndBelow, than: IncomingMessage): boolean {
  const { embargoed } = ownReceive(state);
  let furthest = than;
  for (const message of embargoed.values()) {
    if (message.content.lamport > furthest.content.lamport) furthest = message;
  }
  return embargoed.delete(furthest.content.id);
}

/** Takes in what real time has caught up with. */
export function releaseEmbargoed(
  ctx: ReceiveContext,
  receive: (ctx: ReceiveContext, message: IncomingMessage) => void,
): void {
  const { embargoed } = ownReceive(ctx.state);
  for (const [id, message] of embargoed) {
    if (isAhead(message.content.lamport, ctx.env.now)) continue;
    embargoed.delete(id);
    receive(ctx, message);
  }
}

/**
 * From where a start has to read the Store again. Embargoed messages are in memory only, so it stays behind them until
 * they are taken in. A day at most; and for what comes to its time later than that it does not wait, as anybody can send
 * such a thing.
 */
export function cursorToKeep({ receive }: ReceiveAndBelow, now: number): number {
  //= protocol: STORE-3
  const { historyCursor, embargoed } = receive;
  let cursor = historyCursor;
  for (const { content, storedSince } of embargoed.values()) {
    if (content.lamport - LAMPORT_EMBARGO_MS > now + HORIZON_MS) continue;
    cursor = Math.min(cursor, Math.max(storedSince, now - HORIZON_MS));
  }
  return cursor;
}

/** When the first of them comes to its time. */
export function nextReleaseAt({ receive }: ReceiveAndBelow): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { content } of receive.embargoed.values()) next = Math.min(next, content.lamport - LAMPORT_EMBARGO_MS);
  return next;
}

/** A trailer was verified behind the message that it belongs to, and that waits for its time. */
export function attachClaim(state: ReceiveAndBelow, id: MessageId, claim: IncomingClaim): void {
  const { embargoed } = ownReceive(state);
  const message = embargoed.get(id);
  if (message !== undefined) embargoed.set(id, { ...message, claim });
}

/** The clock was set back by so much. The Store goes by its own clock. Read again too much does no harm, so nothing is moved towards now. */
export function moveEmbargoed(state: ReceiveAndBelow, byMs: number): void {
  if (byMs >= 0) return;
  const { embargoed } = ownReceive(state);
  for (const [id, message] of embargoed) embargoed.set(id, { ...message, storedSince: message.storedSince + byMs });
}

/** A sync without what waits here for its time: we neither lack it nor have it. */
export function withoutEmbargoed({ receive: { embargoed } }: ReceiveAndBelow, claim: IncomingClaim): IncomingClaim {
  if (embargoed.size === 0) return claim;
  return { ...claim, listed: claim.listed.filter(({ messageId }) => !embargoed.has(messageId)) };
}

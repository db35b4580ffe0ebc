import type { ChannelState, EmbargoedMessage, StepContext } from "../channel-state.ts";
import { isEmbargoed } from "../clock/lamport-clock.ts";
import { HORIZON_MS, LAMPORT_EMBARGO_MS } from "../parameters/parameters.ts";
import { isLowerCopy } from "./lower-copy.ts";

/** Held until its time comes, at most this many: a wrong clock is rare, a flood of them is an attack. */
const MAX_EMBARGOED = 256;

/**
 * Content from more than ten minutes ahead is neither delivered nor claimed, and does not move our clock: otherwise one
 * participant with a wrong clock could drag everybody's Lamport timestamps into the future.
 */
export function embargo(ctx: StepContext, message: EmbargoedMessage): void {
  const { state, env } = ctx;
  const { embargoed } = state;
  const { id } = message.content;
  const held = embargoed.get(id);
  if (held !== undefined) {
    if (isLowerCopy(held.content, message.content)) embargoed.set(id, { ...message, storedSince: held.storedSince });
    return;
  }
  if (embargoed.size >= MAX_EMBARGOED) {
    ctx.effects.push({ kind: "reject", reason: "embargo-full" });
    if (!dropFurtherAhead(state, message)) return;
  }
  const storedSince = message.source === "live" ? env.now : Math.min(env.now, state.historyCursor);
  embargoed.set(id, { ...message, storedSince });
}

/** The furthest ahead makes room: else places taken by what never comes to its time would be lost for good. */
function dropFurtherAhead({ embargoed }: ChannelState, than: EmbargoedMessage): boolean {
  let furthest = than;
  for (const message of embargoed.values()) {
    if (message.content.lamport > furthest.content.lamport) furthest = message;
  }
  return embargoed.delete(furthest.content.id);
}

/** Takes in what real time has caught up with. */
export function releaseEmbargoed(
  ctx: StepContext,
  receive: (ctx: StepContext, message: EmbargoedMessage) => void,
): void {
  const { embargoed } = ctx.state;
  for (const [id, message] of embargoed) {
    if (isEmbargoed(message.content.lamport, ctx.env.now)) continue;
    embargoed.delete(id);
    receive(ctx, message);
  }
}

/**
 * From where a start has to read the Store again. Embargoed messages are in memory only, so it stays behind them until
 * they are taken in. A day at most; and for what comes to its time later than that it does not wait, as anybody can send
 * such a thing.
 */
export function cursorToKeep({ historyCursor, embargoed }: ChannelState, now: number): number {
  let cursor = historyCursor;
  for (const { content, storedSince } of embargoed.values()) {
    if (content.lamport - LAMPORT_EMBARGO_MS > now + HORIZON_MS) continue;
    cursor = Math.min(cursor, Math.max(storedSince, now - HORIZON_MS));
  }
  return cursor;
}

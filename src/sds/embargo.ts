import type { EmbargoedMessage, StepContext } from "./channel-state.ts";
import { isEmbargoed } from "./lamport-clock.ts";
import { isLowerCopy } from "./lower-copy.ts";

/** Held until its time comes, at most this many: a wrong clock is rare, a flood of them is an attack. */
const MAX_EMBARGOED = 256;

/**
 * Content from more than ten minutes ahead is neither delivered nor claimed, and does not move our clock: otherwise one
 * participant with a wrong clock could drag everybody's Lamport timestamps into the future.
 */
export function embargo(ctx: StepContext, message: EmbargoedMessage): void {
  const { embargoed } = ctx.state;
  const held = embargoed.get(message.content.id);
  if (held !== undefined) {
    if (isLowerCopy(held.content, message.content)) embargoed.set(message.content.id, message);
    return;
  }
  if (embargoed.size >= MAX_EMBARGOED) {
    ctx.effects.push({ kind: "reject", reason: "embargo-full" });
    return;
  }
  embargoed.set(message.content.id, message);
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

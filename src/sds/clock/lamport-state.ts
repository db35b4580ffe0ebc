import type { ClockAndBelow, ClockContext } from "./clock-state.ts";
import { isAhead, mergeLamport } from "./lamport-clock.ts";
import { ownClock } from "./own.ts";

/** The channel's Lamport clock takes in what was said. All its changes are here, and each is written with its step. */

/** Content of others was accepted. Written even when it is unchanged: the row says up to where this device has come. */
export function hearLamport(ctx: ClockContext, lamport: number): void {
  setLamport(ctx, mergeLamport(ctx.state.clock.lamport, lamport, ctx.env.now));
}

/** An own message was given this timestamp, within the limit or not: the next one must be above it. */
export function giveLamport(ctx: ClockContext, lamport: number): void {
  setLamport(ctx, Math.max(ctx.state.clock.lamport, lamport));
}

/** Something was delivered, maybe long after it came. */
export function reachLamport(ctx: ClockContext, lamport: number): void {
  if (lamport > ctx.state.clock.lamport) setLamport(ctx, lamport);
}

/** The clock that it followed was wrong, and ahead: it falls to `highest`, the highest within the limit. */
export function lowerLamport(ctx: ClockContext, highest: number): void {
  if (isAhead(ctx.state.clock.lamport, ctx.env.now)) setLamport(ctx, highest);
}

/** When the channel is restored. Nothing is written. */
export function restoreLamport(state: ClockAndBelow, lamport: number): void {
  ownClock(state).lamport = Math.max(state.clock.lamport, lamport);
}

function setLamport({ state, changes }: ClockContext, lamport: number): void {
  ownClock(state).lamport = lamport;
  changes.push({ op: "meta", key: "lamport", value: lamport });
}

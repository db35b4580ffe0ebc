import { presentParticipants } from "../participants/presence.ts";
import { ownSync } from "./own.ts";
import type { SyncAndBelow, SyncContext } from "./sync-state.ts";

/** The ack window is meant for groups of this size; it grows in proportion beyond. */
const ACK_WINDOW_GROUP = 8;

/** How many there are to be heard, this participant included. */
export function groupSize(state: SyncAndBelow, now: number): number {
  return presentParticipants(state, now).length;
}

/** Grows with the group, so that a large group does not answer each message with a storm of acks. */
export function ackWindow(state: SyncAndBelow, now: number): number {
  //= protocol: SYNC-7
  const { ackWindowMs, ackWindowMaxMs } = state.identity.parameters;
  return Math.min(ackWindowMaxMs, ackWindowMs * Math.max(1, groupSize(state, now) / ACK_WINDOW_GROUP));
}

/** What is planned now has its place in a window of this length. */
export function noteWindow(state: SyncAndBelow, windowMs: number): void {
  ownSync(state).windowMs = windowMs;
}

/**
 * Who joins knows of nobody yet, and plans their first word for a group of one. If more were met since, it has its place in
 * the longer window: otherwise a hundred who join at once would all speak within that of eight.
 */
export function stretchWindow({ state, env }: SyncContext): void {
  const sync = ownSync(state);
  const { helloAt, ackAt } = sync;
  if (!isDue(helloAt, env.now) && !isDue(ackAt, env.now)) return;
  //= protocol: SYNC-10
  const grownMs = ackWindow(state, env.now) - sync.windowMs;
  if (grownMs <= 0) return;
  sync.windowMs += grownMs;
  if (helloAt !== null) sync.helloAt = helloAt + env.random() * grownMs;
  if (ackAt !== null) sync.ackAt = ackAt + env.random() * grownMs;
}

export function isDue(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}

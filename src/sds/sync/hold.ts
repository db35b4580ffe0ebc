import { isLagging } from "../clock/intake-lag.ts";
import { ackWindow } from "./ack-window.ts";
import { ownSync } from "./own.ts";
import type { SyncAndBelow, SyncContext } from "./sync-state.ts";

/** So long at least, up to twice of it, a sync waits for an intake that lags: who always lags is heard all the same. */
const HOLD_MS = 60_000;
/** Whether the intake still lags is looked at so often. */
const LOOK_EVERY_MS = 1_000;

/**
 * Whether a sync that is due has to wait. While the intake lags it would say what is old by now, ask for what waits there,
 * and slow down others who are likely to be as busy. When the intake has caught up, what waited is spread over a window:
 * whatever made this device late may have made them all late.
 */
export function isHeld(ctx: SyncContext): boolean {
  const { state, env } = ctx;
  const sync = ownSync(state);
  //= protocol: LAG-1
  if (isLagging(state)) {
    if (!sync.held) sync.releaseAt = env.now + HOLD_MS * (1 + env.random());
    sync.held = true;
  } else if (sync.held) {
    sync.held = false;
    sync.releaseAt = env.now + env.random() * ackWindow(state, env.now);
  }
  return env.now < sync.releaseAt;
}

/** A sync was said, or none is due any more: the next one waits anew. */
export function noteRelease(state: SyncAndBelow): void {
  ownSync(state).held = false;
  ownSync(state).releaseAt = Number.NEGATIVE_INFINITY;
}

/** When to look again, for what is due at a time. */
export function heldUntil({ sync, clock }: SyncAndBelow, dueAt: number): number {
  const waits = Math.max(dueAt, sync.releaseAt);
  return sync.held ? Math.min(waits, Math.max(dueAt, clock.lastNow + LOOK_EVERY_MS)) : waits;
}

/** The clock was set by so much. */
export function moveHold(state: SyncAndBelow, byMs: number): void {
  ownSync(state).releaseAt += byMs;
}

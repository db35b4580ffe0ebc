import { isAhead } from "../clock/lamport-clock.ts";
import { block } from "../log/graph.ts";
import type { Edge } from "../log/log-entry.ts";
import { JOIN_WINDOW_MS } from "../parameters/parameters.ts";
import { askAgain } from "./holes.ts";
import type { HolesAndBelow, HolesContext } from "./holes-state.ts";
import { ownHoles } from "./own.ts";

/** What is older than this by the timestamp that its child's author signed is from before we joined. */
export function joinPointAt(now: number): number {
  //= protocol: JOIN-1
  return Math.max(0, now - JOIN_WINDOW_MS);
}

/**
 * A join point that lies ahead was fixed by a clock that was. Until time caught up nothing would wait for its causes, and
 * nothing that builds on anything would be proved. `complete_since` does not rest on the join point, but on what is
 * missing below what was delivered, so it may be lowered.
 */
export function settleJoinPoint(ctx: HolesContext): void {
  const { state, env, changes } = ctx;
  const before = state.holes.joinLamport;
  //= protocol: JOIN-2
  if (before <= env.now || !othersAgree(state, env.now)) return;
  ownHoles(state).joinLamport = joinPointAt(env.now);
  changes.push({ op: "meta", key: "joinLamport", value: state.holes.joinLamport });
  for (const entry of state.log.buffered) {
    for (const reference of entry.parents) {
      if (isBefore(before, reference) && isWaitedFor(state, reference)) block(entry);
    }
  }
  // What was given up as too old to be missed.
  askAgain(state, env.now);
}

/**
 * Or it is the present clock that is wrong, and far behind: then so is what others said. It is believed if the newest of
 * that is not ahead, or a device that wakes in 1970 would join from there.
 */
function othersAgree(state: HolesAndBelow, now: number): boolean {
  for (const entry of state.log.order.before()) if (!entry.mine) return !isAhead(entry.lamport, now);
  return false;
}

/** Before we joined: never waited for. Only the Lamport timestamp that the child's author signed says so. */
export function isBeforeJoin({ holes }: HolesAndBelow, reference: Edge | undefined): boolean {
  //= protocol: JOIN-3
  return reference !== undefined && isBefore(holes.joinLamport, reference);
}

function isBefore(joinLamport: number, { lamport }: Edge): boolean {
  return lamport !== null && lamport < joinLamport;
}

function isWaitedFor(state: HolesAndBelow, reference: Edge): boolean {
  if (state.log.entries.has(reference.id) || isBeforeJoin(state, reference)) return false;
  return state.holes.missing.get(reference.id)?.state !== "lost";
}

/** When the channel is restored. The join point is fixed once, at the first start. */
export function restoreJoinPoint(state: HolesAndBelow, stored: number | undefined, now: number): void {
  ownHoles(state).joinLamport = stored ?? joinPointAt(now);
}

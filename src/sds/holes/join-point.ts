import type { ChannelState, StepContext } from "../channel-state.ts";
import { isEmbargoed } from "../clock/lamport-clock.ts";
import type { Edge } from "../log/log-entry.ts";
import { JOIN_WINDOW_MS } from "../parameters/parameters.ts";
import { askAgain } from "./holes.ts";

/** What is older than this by the timestamp that its child's author signed is from before we joined. */
export function joinPointAt(now: number): number {
  return Math.max(0, now - JOIN_WINDOW_MS);
}

/**
 * A join point that lies ahead was fixed by a clock that was. Until time caught up nothing would wait for its causes, and
 * nothing that builds on anything would be proved. `complete_since` does not rest on the join point, but on what is
 * missing below what was delivered, so it may be lowered.
 */
export function settleJoinPoint(ctx: StepContext): void {
  const { state, env, changes } = ctx;
  const before = state.joinLamport;
  if (before <= env.now || !othersAgree(state, env.now)) return;
  state.joinLamport = joinPointAt(env.now);
  changes.push({ op: "meta", key: "joinLamport", value: state.joinLamport });
  for (const entry of state.buffered) {
    for (const reference of entry.parents) {
      if (isBefore(before, reference) && isWaitedFor(state, reference)) entry.blocking++;
    }
  }
  // What was given up as too old to be missed.
  askAgain(state, env.now);
}

/**
 * Or it is the present clock that is wrong, and far behind: then so is what others said. It is believed if the newest of
 * that is not ahead, or a device that wakes in 1970 would join from there.
 */
function othersAgree(state: ChannelState, now: number): boolean {
  for (const entry of state.log.before()) if (!entry.mine) return !isEmbargoed(entry.lamport, now);
  return false;
}

/** Before we joined: never waited for. Only the Lamport timestamp that the child's author signed says so. */
export function isBeforeJoin({ joinLamport }: ChannelState, reference: Edge | undefined): boolean {
  return reference !== undefined && isBefore(joinLamport, reference);
}

function isBefore(joinLamport: number, { lamport }: Edge): boolean {
  return lamport !== null && lamport < joinLamport;
}

function isWaitedFor(state: ChannelState, reference: Edge): boolean {
  if (state.entries.has(reference.id) || isBeforeJoin(state, reference)) return false;
  return state.missing.get(reference.id)?.state !== "lost";
}

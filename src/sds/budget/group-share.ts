import type { BudgetAndBelow } from "./budget-state.ts";
import { ownBudget } from "./own.ts";
import { CHATTER_CLASSES, type ChatterClass, type Share } from "./token-buckets.ts";

/**
 * What a participant says without anybody having written anything, where the network sets no limit: a share of what the
 * whole group may say, so that a large one does not drown in what its members say about its messages. Each thing that is
 * said costs everybody; two cores that run a hundred participants take in a dozen frames a second. Kept in memory only: what
 * it stops is a storm, and a storm does not end because one of its members starts anew.
 */

/** Groups of this size, and smaller ones, have all of it: those that the ack window is meant for. */
const SMALL_GROUP = 8;
/**
 * Of a small group: at most so many at once, and so many in the time in which acks are due. An answer with all ancestors that
 * may go with it fits.
 */
const SMALL: Readonly<Record<ChatterClass, { readonly burst: number; readonly perWindow: number }>> = {
  sync: { burst: 8, perWindow: 2 },
  repair: { burst: 40, perWindow: 20 },
};
/** However large the group is: a sync for each of the reasons that come together when somebody joins. */
const LEAST_BURST = 6;
/** What refilling loses to rounding. */
const ROUNDING = 1e-6;

/** Takes one if there is one. `group`: how many are present, this participant included. */
export function takeShare(state: BudgetAndBelow, traffic: ChatterClass, group: number, now: number): boolean {
  const share = refilled(state, traffic, group, now);
  if (share.left < 1 - ROUNDING) return false;
  ownBudget(state).shares[traffic] = { left: share.left - 1, at: now };
  return true;
}

/** Wall time at which there will be one; 0 when there is one already. */
export function shareAt(state: BudgetAndBelow, traffic: ChatterClass, group: number): number {
  const { left, at } = state.budget.shares[traffic];
  const lacking = 1 - left;
  return lacking <= ROUNDING ? 0 : Math.ceil(at + lacking * everyMs(state, traffic, group));
}

function refilled(state: BudgetAndBelow, traffic: ChatterClass, group: number, now: number): Share {
  const { left, at } = state.budget.shares[traffic];
  //= protocol: RATE-2
  const filled = left + Math.max(0, now - at) / everyMs(state, traffic, group);
  return { left: Math.min(burst(traffic, group), filled), at: now };
}

function everyMs(state: BudgetAndBelow, traffic: ChatterClass, group: number): number {
  const { ackWindowMs, ackWindowMaxMs } = state.identity.parameters;
  const times = Math.max(1, group / SMALL_GROUP);
  // Answers are one for all who ask, so the larger the group is the less each has to say of them.
  //= protocol: RATE-2
  const window = Math.min(ackWindowMaxMs, ackWindowMs * (traffic === "sync" ? times : times ** 2));
  return window / SMALL[traffic].perWindow;
}

function burst(traffic: ChatterClass, group: number): number {
  //= protocol: RATE-2
  return Math.max(LEAST_BURST, SMALL[traffic].burst / Math.max(1, group / SMALL_GROUP));
}

/** The clock was set. */
export function moveShares(state: BudgetAndBelow, byMs: number): void {
  const { shares } = ownBudget(state);
  for (const traffic of CHATTER_CLASSES) shares[traffic] = { ...shares[traffic], at: shares[traffic].at + byMs };
}

/** Asked at each step: a share is replaced only where its time has yet to come. */
export function keepSharesInPast(state: BudgetAndBelow, now: number): void {
  const { shares } = ownBudget(state);
  for (const traffic of CHATTER_CLASSES) {
    if (shares[traffic].at > now) shares[traffic] = { ...shares[traffic], at: now };
  }
}

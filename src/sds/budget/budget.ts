import type { MetaRecords } from "../io/records.ts";
import type { BudgetAndBelow, BudgetContext } from "./budget-state.ts";
import { keepSharesInPast, moveShares, shareAt, takeShare } from "./group-share.ts";
import { ownBudget } from "./own.ts";
import { BUDGET_META, type ChatterClass, createBudget, TRAFFIC_CLASSES, type TrafficClass } from "./token-buckets.ts";

/** How much this participant publishes where the network sets a limit. Without a limit every token is there. */

/**
 * Shares of the whole. A resend takes a token of its own and one of content: it may use part of that share only. Nearly as
 * much for syncs as for content, since without acks content is sent again; least for repairs, which a Store gives as well.
 */
const SHARES: Readonly<Record<TrafficClass, number>> = { content: 0.45, resend: 0.1, sync: 0.4, repair: 0.15 };
/** The interval that public Waku nodes count in, and that the parameter `budgetPerTenMinutes` is named after. */
const INTERVAL_MS = 10 * 60_000;
/** What refilling loses to rounding; without it the time at which a token is promised could find it not quite there. */
const ROUNDING = 1e-6;

/** Takes a token if there is one. */
export function takeToken(ctx: BudgetContext, traffic: TrafficClass): boolean {
  const { state, env } = ctx;
  if (limitOf(state) === 0) return true;
  refill(state, env.now);
  const needed = neededBy(traffic);
  const { tokens } = ownBudget(state);
  //= protocol: RATE-1
  if (needed.some((part) => tokens[part] < 1 - ROUNDING)) return false;
  for (const part of needed) tokens[part]--;
  for (const part of TRAFFIC_CLASSES) ctx.changes.push({ op: "meta", key: BUDGET_META[part], value: tokens[part] });
  ctx.changes.push({ op: "meta", key: "budgetAt", value: state.budget.at });
  return true;
}

/** Wall time at which a token will be there; 0 when one is there already. */
export function tokenAt(state: BudgetAndBelow, traffic: TrafficClass): number {
  const limit = limitOf(state);
  if (limit === 0) return 0;
  const waits = neededBy(traffic).map((part) => {
    const lacking = Math.max(0, 1 - state.budget.tokens[part]);
    return (lacking / (limit * SHARES[part])) * INTERVAL_MS;
  });
  const wait = Math.max(...waits);
  return wait === 0 ? 0 : Math.ceil(state.budget.at + wait);
}

/** Takes a token, and one of this participant's share of what a group of so many may say. */
export function takeTurn(ctx: BudgetContext, traffic: ChatterClass, group: number): boolean {
  const { state, env } = ctx;
  if (turnAt(state, traffic, group) > env.now) return false;
  return takeToken(ctx, traffic) && takeShare(state, traffic, group, env.now);
}

/** Wall time at which both will be there. */
export function turnAt(state: BudgetAndBelow, traffic: ChatterClass, group: number): number {
  return Math.max(tokenAt(state, traffic), shareAt(state, traffic, group));
}

function neededBy(traffic: TrafficClass): readonly TrafficClass[] {
  return traffic === "resend" ? ["resend", "content"] : [traffic];
}

function limitOf(state: BudgetAndBelow): number {
  return state.identity.parameters.budgetPerTenMinutes;
}

/** A bucket holds what comes in one interval, but at least one token, or the class could never speak. */
function refill(state: BudgetAndBelow, now: number): void {
  const budget = ownBudget(state);
  const elapsed = Math.max(0, now - budget.at);
  budget.at = now;
  for (const traffic of TRAFFIC_CLASSES) {
    //= protocol: RATE-1
    const share = limitOf(state) * SHARES[traffic];
    const filled = budget.tokens[traffic] + (share * elapsed) / INTERVAL_MS;
    budget.tokens[traffic] = Math.min(Math.max(1, share), filled);
  }
}

/** When the channel is restored: what a run before this one left. */
export function restoreBudget(state: BudgetAndBelow, meta: Partial<MetaRecords>, now: number): void {
  const own = ownBudget(state);
  const { tokens, at } = createBudget(meta, now);
  Object.assign(own.tokens, tokens);
  own.at = at;
}

/** The clock was set by so much. */
export function moveBudget(state: BudgetAndBelow, byMs: number): void {
  ownBudget(state).at += byMs;
  moveShares(state, byMs);
}

/** Tokens fill from now on, not from a time that has yet to come. */
export function keepBudgetInPast(state: BudgetAndBelow, now: number): void {
  const budget = ownBudget(state);
  budget.at = Math.min(budget.at, now);
  keepSharesInPast(state, now);
}

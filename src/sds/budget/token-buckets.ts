import type { MetaKey, MetaRecords } from "../io/records.ts";

/**
 * Token buckets per kind of traffic, so that acks cannot starve messages nor repairs acks. Plain data; `budget.ts` fills
 * and empties them.
 */
export type TrafficClass = "content" | "resend" | "sync" | "repair";

export const TRAFFIC_CLASSES: readonly TrafficClass[] = ["content", "resend", "sync", "repair"];

/** What is said without anybody having written anything. */
export type ChatterClass = "sync" | "repair";

export const CHATTER_CLASSES: readonly ChatterClass[] = ["sync", "repair"];

/** So many may be said as of `at` (wall time). */
export interface Share {
  readonly left: number;
  readonly at: number;
}

export interface Budget {
  /** Tokens by class, as of `at` (wall time). */
  readonly tokens: Readonly<Record<TrafficClass, number>>;
  readonly at: number;
  /** Of what the group may say; `group-share.ts`. */
  readonly shares: Readonly<Record<ChatterClass, Share>>;
}

/** Where each bucket is kept. */
export const BUDGET_META = {
  content: "budgetContent",
  resend: "budgetResend",
  sync: "budgetSync",
  repair: "budgetRepair",
} as const satisfies Record<TrafficClass, MetaKey>;

const FULL: Share = { left: Number.POSITIVE_INFINITY, at: 0 };

/**
 * Full buckets, or those that a run before this one left. If its clock was ahead they fill from now on: not from then on,
 * or nothing would be sent for as long as it was ahead.
 */
export function createBudget(meta: Partial<MetaRecords>, now: number): Budget {
  const tokens = (traffic: TrafficClass) => meta[BUDGET_META[traffic]] ?? Number.POSITIVE_INFINITY;
  return {
    tokens: { content: tokens("content"), resend: tokens("resend"), sync: tokens("sync"), repair: tokens("repair") },
    at: Math.min(meta.budgetAt ?? 0, now),
    shares: { sync: FULL, repair: FULL },
  };
}

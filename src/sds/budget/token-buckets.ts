import type { MetaKey, MetaRecords } from "../io/records.ts";

/**
 * Token buckets per kind of traffic, so that acks cannot starve messages nor repairs acks. Plain data; `budget.ts` fills
 * and empties them.
 */
export type TrafficClass = "content" | "resend" | "sync" | "repair";

export const TRAFFIC_CLASSES: readonly TrafficClass[] = ["content", "resend", "sync", "repair"];

export interface Budget {
  /** Tokens by class, as of `at` (wall time). */
  readonly tokens: Readonly<Record<TrafficClass, number>>;
  readonly at: number;
}

/** Where each bucket is kept. */
export const BUDGET_META = {
  content: "budgetContent",
  resend: "budgetResend",
  sync: "budgetSync",
  repair: "budgetRepair",
} as const satisfies Record<TrafficClass, MetaKey>;

/**
 * Full buckets, or those that a run before this one left. If its clock was ahead they fill from now on: not from then on,
 * or nothing would be sent for as long as it was ahead.
 */
export function createBudget(meta: Partial<MetaRecords>, now: number): Budget {
  const tokens = (traffic: TrafficClass) => meta[BUDGET_META[traffic]] ?? Number.POSITIVE_INFINITY;
  return {
    tokens: { content: tokens("content"), resend: tokens("resend"), sync: tokens("sync"), repair: tokens("repair") },
    at: Math.min(meta.budgetAt ?? 0, now),
  };
}

import type { ClockAndBelow } from "../clock/clock-state.ts";
import type { StepContext } from "../io/step-context.ts";
import { type Budget, createBudget } from "./token-buckets.ts";

/** What the room "budget" owns: how much may still be published. */
export interface BudgetAndBelow extends ClockAndBelow {
  readonly budget: Budget;
}

export type BudgetContext = StepContext<BudgetAndBelow>;

export function createBudgetState(): Budget {
  return createBudget({}, 0);
}

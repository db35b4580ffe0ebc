import type { Owned } from "../io/owned.ts";
import type { BudgetAndBelow } from "./budget-state.ts";
import type { Budget } from "./token-buckets.ts";

interface OwnBudget extends Omit<Owned<Budget>, "tokens" | "shares"> {
  readonly tokens: Owned<Budget["tokens"]>;
  readonly shares: Owned<Budget["shares"]>;
}

/** For the files of this room only: its slice, to write to. */
export function ownBudget({ budget }: BudgetAndBelow): OwnBudget {
  return budget as OwnBudget;
}

import type { Owned } from "../io/owned.ts";
import type { BudgetAndBelow } from "./budget-state.ts";
import type { Budget } from "./token-buckets.ts";

interface OwnBudget extends Omit<Owned<Budget>, "tokens"> {
  readonly tokens: Owned<Budget["tokens"]>;
}

/** For the files of this room only: its slice, to write to. */
export function ownBudget({ budget }: BudgetAndBelow): OwnBudget {
  return budget as OwnBudget;
}

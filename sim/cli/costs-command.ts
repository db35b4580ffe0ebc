import { type Cost, costCases, costOf, costTable } from "../figures/costs.ts";
import type { Options } from "./options.ts";

/** Each case on standard error as it is done, then all of them as a markdown table. */
export function costs({ participants }: Options): void {
  const done: Cost[] = [];
  for (const one of costCases()) {
    if (participants !== undefined && one.participants > participants) continue;
    const cost = costOf(one);
    done.push(cost);
    console.error(JSON.stringify(cost));
  }
  console.log(costTable(done));
}

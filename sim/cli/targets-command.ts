import { type TargetFigures, targetCases, targetsOf, targetTable } from "../figures/targets.ts";
import type { Options } from "./options.ts";

/** Runs of each case; other links are lossy in each. */
const SEEDS = 3;

/** Each case on standard error as it is done, then all of them as a markdown table. */
export function targets({ participants }: Options): void {
  const done: TargetFigures[] = [];
  for (const one of targetCases()) {
    if (participants !== undefined && one.participants > participants) continue;
    const figures = targetsOf(one, SEEDS);
    done.push(figures);
    console.error(JSON.stringify(figures));
  }
  console.log(targetTable(done));
}

import type { Mutation } from "../core/members/mutation.ts";
import { runSeed } from "../run-seed.ts";

export interface Found {
  readonly mutation: string;
  readonly defect: string;
  /** Searches that found it, of so many. */
  readonly found: number;
  readonly searches: number;
  /** Mean number of seeds until the first violation, over the searches that found it. */
  readonly meanSeeds: number | null;
  /** Invariants that broke, the most frequent first. */
  readonly invariants: readonly string[];
}

/** Searches for the defect from several places, each up to so many seeds. */
export function findMutation(mutation: Mutation, searches: number, mostSeeds: number): Found {
  const needed: number[] = [];
  const broken = new Map<string, number>();
  for (let search = 0; search < searches; search++) {
    for (let count = 1; count <= mostSeeds; count++) {
      const { violation } = runSeed(100_000 + search * 1_000 + count, { mutation });
      if (violation === null) continue;
      needed.push(count);
      broken.set(violation.invariant, (broken.get(violation.invariant) ?? 0) + 1);
      break;
    }
  }
  const sum = needed.reduce((total, count) => total + count, 0);
  return {
    ...{ mutation: mutation.name, defect: mutation.defect, found: needed.length, searches },
    meanSeeds: needed.length === 0 ? null : Number((sum / needed.length).toFixed(1)),
    invariants: [...broken].sort((a, b) => b[1] - a[1]).map(([name]) => name),
  };
}

import type { Mutation } from "./core/mutation.ts";
import { runSeed, type SeedResult } from "./run-seed.ts";

export interface Summary {
  readonly seeds: number;
  readonly violations: number;
  readonly virtualHours: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly faults: Record<string, number>;
  readonly seedsPerSecond: number;
}

/** Runs `count` seeds from `first` on; `onResult` may stop it by returning false. */
export function runSwarm(
  first: number,
  count: number,
  onResult: (result: SeedResult) => boolean,
  mutation: Mutation | null = null,
): Summary {
  const startedAt = performance.now();
  const faults: Record<string, number> = {};
  let [seeds, violations, virtualMs, messages, deliveries] = [0, 0, 0, 0, 0];
  for (let seed = first; seed < first + count; seed++) {
    const result = runSeed(seed, { mutation });
    seeds++;
    violations += result.violation === null ? 0 : 1;
    virtualMs += result.virtualMs;
    messages += result.counts.messages;
    deliveries += result.counts.deliveries;
    const counted = { ...result.faults, publishFailures: result.counts.publishFailures };
    for (const [name, number] of Object.entries(counted)) faults[name] = (faults[name] ?? 0) + number;
    if (!onResult(result)) break;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const virtualHours = Math.round(virtualMs / 3_600_000);
  const seedsPerSecond = Number((seeds / seconds).toFixed(1));
  return { seeds, violations, virtualHours, messages, deliveries, faults, seedsPerSecond };
}

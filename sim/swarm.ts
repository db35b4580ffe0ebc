import { runFullSeed } from "./full/run-full.ts";
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
export function runSwarm(first: number, count: number, onResult: (result: SeedResult) => boolean): Summary {
  const sum = new Sum();
  for (let seed = first; seed < first + count; seed++) {
    const result = runSeed(seed);
    sum.add(result);
    if (!onResult(result)) break;
  }
  return sum.summary();
}

/** The same on the real channel. */
export async function runFullSwarm(
  first: number,
  count: number,
  onResult: (result: SeedResult) => void,
): Promise<Summary> {
  const sum = new Sum();
  for (let seed = first; seed < first + count; seed++) {
    const result = await runFullSeed(seed);
    sum.add(result);
    onResult(result);
  }
  return sum.summary();
}

class Sum {
  readonly #startedAt = performance.now();
  readonly #faults: Record<string, number> = {};
  #seeds = 0;
  #violations = 0;
  #virtualMs = 0;
  #messages = 0;
  #deliveries = 0;

  add({ violation, virtualMs, counts, faults }: SeedResult): void {
    this.#seeds++;
    this.#violations += violation === null ? 0 : 1;
    this.#virtualMs += virtualMs;
    this.#messages += counts.messages;
    this.#deliveries += counts.deliveries;
    const counted = { ...faults, publishFailures: counts.publishFailures };
    for (const [name, number] of Object.entries(counted)) this.#faults[name] = (this.#faults[name] ?? 0) + number;
  }

  summary(): Summary {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    return {
      seeds: this.#seeds,
      violations: this.#violations,
      virtualHours: Math.round(this.#virtualMs / 3_600_000),
      messages: this.#messages,
      deliveries: this.#deliveries,
      faults: this.#faults,
      seedsPerSecond: Number((this.#seeds / seconds).toFixed(1)),
    };
  }
}

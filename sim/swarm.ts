import { runFullSeed } from "./full/run-full.ts";
import { runSeed, type SeedResult } from "./run-seed.ts";

/** Worlds of the protocol alone, or of the whole channel with signatures, encryption and storage. */
export type SwarmKind = "core" | "full";

/** What a range of seeds came to; ranges of several processes add up. */
export interface Totals {
  seeds: number;
  violations: number;
  virtualMs: number;
  messages: number;
  deliveries: number;
  readonly faults: Record<string, number>;
}

export interface Summary {
  readonly seeds: number;
  readonly violations: number;
  readonly virtualHours: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly jobs: number;
  readonly seconds: number;
  readonly seedsPerSecond: number;
}

/** Runs `count` seeds from `first` on; `onResult` may stop it by returning false. */
export async function runRange(
  kind: SwarmKind,
  first: number,
  count: number,
  onResult: (result: SeedResult) => boolean,
): Promise<Totals> {
  const totals = noTotals();
  for (let seed = first; seed < first + count; seed++) {
    const result = kind === "core" ? runSeed(seed) : await runFullSeed(seed);
    addResult(totals, result);
    if (!onResult(result)) break;
  }
  return totals;
}

export function noTotals(): Totals {
  return { seeds: 0, violations: 0, virtualMs: 0, messages: 0, deliveries: 0, faults: {} };
}

export function addTotals(to: Totals, { seeds, violations, virtualMs, messages, deliveries, faults }: Totals): void {
  to.seeds += seeds;
  to.violations += violations;
  to.virtualMs += virtualMs;
  to.messages += messages;
  to.deliveries += deliveries;
  for (const [name, number] of Object.entries(faults)) to.faults[name] = (to.faults[name] ?? 0) + number;
}

export function summaryOf(totals: Totals, jobs: number, seconds: number): Summary {
  const { seeds, violations, virtualMs, messages, deliveries, faults } = totals;
  return {
    ...{ seeds, violations, virtualHours: Math.round(virtualMs / 3_600_000), messages, deliveries, faults, jobs },
    seconds: Number(seconds.toFixed(1)),
    seedsPerSecond: Number((seeds / seconds).toFixed(1)),
  };
}

function addResult(to: Totals, { violation, virtualMs, counts, faults }: SeedResult): void {
  const { messages, deliveries, publishFailures, clockYes, clockNo } = counts;
  const violations = violation === null ? 0 : 1;
  addTotals(to, {
    ...{ seeds: 1, violations, virtualMs, messages, deliveries },
    faults: { ...faults, publishFailures, clockYes, clockNo },
  });
}

/**
 * `npm run sim`: the protocol in simulated worlds. The last line is JSON.
 *
 *   --seeds N [--first N]         a swarm of worlds; stops after 10 violations
 *   --seed N [--trace] [--shrink] one world, again; all that happens in it; the smallest script that still fails
 *     [--only 3,7,12] [--set loss=0,duplication=0]   with these actions of its script; with other settings
 */
import { parseArgs } from "node:util";
import { runSeed, type SeedOptions } from "./run-seed.ts";
import { parseSettings } from "./settings-option.ts";
import { shrink } from "./shrink.ts";
import { runSwarm } from "./swarm.ts";

const MAX_VIOLATIONS = 10;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
    only: { type: "string" },
    set: { type: "string" },
  },
});

function seedOptions(): SeedOptions {
  const only = values.only === undefined ? {} : { only: new Set(values.only.split(",").filter(Boolean).map(Number)) };
  const settings = values.set === undefined ? {} : { settings: parseSettings(values.set) };
  return { ...only, ...settings };
}

function one(seed: number): void {
  const options = seedOptions();
  if (values.shrink) {
    for (const line of shrink(seed, options)) console.log(line);
    return;
  }
  const result = runSeed(seed, { ...options, ...(values.trace ? { print: (line) => console.log(line) } : {}) });
  const { violation, ...rest } = result;
  console.log(JSON.stringify({ ...rest, violation: violation?.message ?? null }));
  process.exitCode = violation === null ? 0 : 1;
}

function swarm(first: number, count: number): void {
  let violations = 0;
  const summary = runSwarm(first, count, ({ seed, violation }) => {
    if (violation === null) return true;
    console.log(`seed ${seed}: ${violation.message}\n  npm run sim -- --seed ${seed} --trace`);
    return ++violations < MAX_VIOLATIONS;
  });
  console.log(JSON.stringify(summary));
  process.exitCode = summary.violations === 0 ? 0 : 1;
}

if (values.seed !== undefined) one(Number(values.seed));
else swarm(Number(values.first), Number(values.seeds ?? 100));

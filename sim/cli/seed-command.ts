import type { Mutation } from "../core/members/mutation.ts";
import { runFullSeed } from "../full/run-full.ts";
import { MUTATIONS } from "../mutations/all-mutations.ts";
import { planOf, runSeed, type SeedOptions } from "../run-seed.ts";
import { shrink } from "../shrink.ts";
import { type Options, oneOf } from "./options.ts";
import { printer, showResult } from "./output.ts";
import { UsageError } from "./usage-error.ts";

/** One world again: its result, all that happened, or the smallest script that breaks the same promise. */
export function oneSeed(seed: number, options: Options): void {
  const run = seedOptionsOf(seed, options);
  if (!options.shrink) {
    showResult({}, runSeed(seed, { ...run, ...printer(options) }));
    return;
  }
  const shrunk = shrink(seed, run);
  if (shrunk === null) {
    console.log(`seed ${seed} breaks nothing`);
    return;
  }
  const { invariant, only, actions, runs, command } = shrunk;
  for (const [place, action] of actions.entries()) console.log(`${only[place]}: ${JSON.stringify(action)}`);
  console.log(`${invariant}, with ${only.length} actions after ${runs} runs:\n${command}`);
  process.exitCode = 1;
}

/** What the command line overrules in the run of a seed. */
export function seedOptionsOf(seed: number, options: Options): SeedOptions {
  const { settings } = options;
  const chosen = onlyOf(options, planOf(seed, { settings }).actions.length);
  return { settings, mutation: mutationOf(options), ...(chosen === null ? {} : { only: chosen }) };
}

export async function oneFullSeed(seed: number, options: Options): Promise<void> {
  showResult({}, await runFullSeed(seed, { settings: options.settings, ...printer(options) }));
}

export function mutationOf({ mutation }: Options): Mutation | null {
  if (mutation === undefined) return null;
  const names = MUTATIONS.map(({ name }) => name);
  const chosen = oneOf("mutation", mutation, names);
  return MUTATIONS.find(({ name }) => name === chosen) ?? null;
}

function onlyOf({ only }: Options, actions: number): ReadonlySet<number> | null {
  if (only === undefined) return null;
  const indexes = only.split(",").filter(Boolean).map(Number);
  const wrong = indexes.find((index) => !Number.isInteger(index) || index < 0 || index >= actions);
  if (wrong !== undefined) throw new UsageError(`--only ${only}: the script has the actions 0 to ${actions - 1}.`);
  return new Set(indexes);
}

import type { Action } from "./core/script/script.ts";
import type { Settings } from "./core/script/settings.ts";
import { planOf, runPlan, type SeedOptions } from "./run-seed.ts";

/** Weather that may be switched off without changing what people do. */
const WEATHER: readonly (readonly [keyof Settings, number])[] = [
  ["loss", 0],
  ["duplication", 0],
  ["publishFailure", 0],
  ["clockOffsetMs", 0],
  ["driftPpm", 0],
  ["clockYes", 0],
  ["syncMs", 1],
];
const MAX_RUNS = 400;

/** The smallest run that was found to break the same promise. */
export interface Shrunk {
  readonly invariant: string;
  /** Actions of the seed's script that are left, by index, and what they are. */
  readonly only: readonly number[];
  readonly actions: readonly Action[];
  readonly settings: Partial<Settings>;
  readonly runs: number;
  /** Runs it again. */
  readonly command: string;
}

/**
 * Leaves out actions and weather as long as the same invariant breaks (delta debugging, Zeller and Hildebrandt), and
 * says how to run what is left. Null when the seed breaks nothing.
 */
export function shrink(seed: number, options: SeedOptions): Shrunk | null {
  const invariant = runPlan(planOf(seed, options), options).violation?.invariant;
  if (invariant === undefined) return null;
  let runs = 0;
  let settings: Partial<Settings> = options.settings ?? {};
  const breaks = (only: readonly number[], tried: Partial<Settings>): boolean => {
    if (runs++ >= MAX_RUNS) return false;
    const attempt = { ...options, settings: tried, only: new Set(only) };
    return runPlan(planOf(seed, attempt), attempt).violation?.invariant === invariant;
  };

  let only = planOf(seed, options).actions.map((_, index) => index);
  if (options.only !== undefined) only = [...options.only];
  for (const [name, value] of WEATHER) {
    const tried = { ...settings, [name]: value };
    if (breaks(only, tried)) settings = tried;
  }
  only = withoutWhatIsNotNeeded(only, (part) => breaks(part, settings));

  const { actions } = planOf(seed, { ...options, settings, only: new Set(only) });
  const mutation = options.mutation == null ? "" : ` --mutation ${options.mutation.name}`;
  const set = setOption(settings);
  const overruled = set === "" ? "" : ` --set ${set}`;
  const command = `npm run sim -- --seed ${seed}${mutation} --only ${only.join(",")}${overruled}`;
  return { invariant, only, actions, settings, runs: Math.min(runs, MAX_RUNS), command };
}

/** All that was overruled, also by whoever asked: without it the script that is left would meet another world. */
function setOption(settings: Partial<Settings>): string {
  const parts = Object.entries(settings).flatMap(([name, value]) => {
    if (typeof value !== "object") return `${name}=${value}`;
    return Object.entries(value).map(([inner, one]) => `${name}.${inner}=${one}`);
  });
  return parts.join(",");
}

function withoutWhatIsNotNeeded(all: readonly number[], breaks: (part: readonly number[]) => boolean): number[] {
  let left = [...all];
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < left.length; ) {
      const part = [...left.slice(0, start), ...left.slice(start + size)];
      if (part.length < left.length && breaks(part)) left = part;
      else start += size;
    }
  }
  return left;
}

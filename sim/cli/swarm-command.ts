import { type Failure, runJobs } from "../jobs.ts";
import { runRange, type SwarmKind, summaryOf, type Totals } from "../swarm.ts";
import type { Options } from "./options.ts";
import { say } from "./output.ts";

const MOST_VIOLATIONS = 10;
const PROGRESS_EVERY_MS = 60_000;
const DEFAULT_SEEDS: Record<SwarmKind, number> = { core: 100, full: 20 };

/** Many seeds. The last line is the summary; each failing seed comes with the command that runs it again. */
export async function swarm(kind: SwarmKind, { seeds, first = 1, jobs = 1 }: Options): Promise<void> {
  const count = seeds ?? DEFAULT_SEEDS[kind];
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  const progress = progressOf(count, seconds);
  const totals = await run(kind, first, count, jobs, progress);
  const summary = summaryOf(totals, jobs, seconds());
  say(summary);
  if (summary.violations > 0) process.exitCode = 1;
}

async function run(
  kind: SwarmKind,
  first: number,
  count: number,
  jobs: number,
  onProgress: (seeds: number) => void,
): Promise<Totals> {
  const onFailure = (failure: Failure): void => console.log(failureLines(kind, failure));
  if (jobs > 1) return runJobs({ kind, first, count, jobs, onFailure, onProgress, mostViolations: MOST_VIOLATIONS });
  let [done, violations] = [0, 0];
  return runRange(kind, first, count, ({ seed, violation }) => {
    onProgress(++done);
    if (violation === null) return true;
    onFailure({ seed, message: violation.message });
    return ++violations < MOST_VIOLATIONS;
  });
}

/** What broke, and how to see it again. */
export function failureLines(kind: SwarmKind, { seed, message }: Failure): string {
  const command = `npm run sim -- ${kind === "full" ? "--full " : ""}--seed ${seed} --trace`;
  return `seed ${seed}: ${message}\n  ${command}`;
}

/** A line now and then for who waits. It is no part of the output. */
function progressOf(count: number, seconds: () => number): (seeds: number) => void {
  let saidAt = performance.now();
  return (seeds) => {
    if (performance.now() - saidAt < PROGRESS_EVERY_MS) return;
    saidAt = performance.now();
    console.error(`${seeds} of ${count} seeds after ${seconds().toFixed(0)} s`);
  };
}

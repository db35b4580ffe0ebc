import { type CrashPoint, type CrashStorage, runCrashPoint, runCrashPoints } from "../crash-points/run-crash-points.ts";
import { CRASH_SCRIPTS, type CrashScript } from "../crash-points/scripts.ts";
import { type Options, oneOf } from "./options.ts";
import { printer, say } from "./output.ts";
import { UsageError } from "./usage-error.ts";

/** A crash of every kind at every write of the scripts, or one of them again. */
export async function crashPoints(options: Options): Promise<void> {
  const storage = oneOf("storage", options.storage ?? "memory", ["memory", "dexie"]);
  const scripts = scriptsOf(options);
  const point = pointOf(options, storage);
  for (const script of scripts) {
    if (point === null) await everyPoint(script, storage);
    else await onePoint(script, storage, point, options);
  }
}

async function everyPoint(script: CrashScript, storage: CrashStorage): Promise<void> {
  const startedAt = performance.now();
  const summary = await runCrashPoints(script, storage, ({ write, moment, keep }, { message }) => {
    console.log(`${script.name}, write ${write}, ${moment}, keep ${keep}: ${message}`);
    const where = `--script ${script.name} --storage ${storage} --write ${write} --moment ${moment} --keep ${keep}`;
    console.log(`  npm run sim -- --crash-points ${where} --trace`);
  });
  say({ ...summary, seconds: Number(((performance.now() - startedAt) / 1_000).toFixed(1)) });
  if (summary.violations > 0) process.exitCode = 1;
}

async function onePoint(
  script: CrashScript,
  storage: CrashStorage,
  point: CrashPoint,
  options: Options,
): Promise<void> {
  const violation = await runCrashPoint(script, storage, point, printer(options));
  say({ script: script.name, storage, ...point, keep: String(point.keep), violation: violation?.message ?? null });
  if (violation !== null) process.exitCode = 1;
}

function scriptsOf({ script }: Options): readonly CrashScript[] {
  if (script === undefined) return CRASH_SCRIPTS;
  const name = oneOf(
    "script",
    script,
    CRASH_SCRIPTS.map((one) => one.name),
  );
  return CRASH_SCRIPTS.filter((one) => one.name === name);
}

function pointOf({ write, moment, keep: kept, trace }: Options, storage: CrashStorage): CrashPoint | null {
  if (write === undefined) {
    if (moment === undefined && kept === undefined && !trace) return null;
    throw new UsageError("--moment, --keep and --trace are for one crash: name its --write as well.");
  }
  const keep = kept ?? "Infinity";
  const when = oneOf("moment", moment ?? "before", ["before", "waiting", "during", "after"]);
  if (when === "during" && storage === "memory") throw new UsageError("--moment during: only with --storage dexie.");
  if (!/^(\d+|Infinity)$/.test(keep)) throw new UsageError(`--keep ${keep}: a whole number or Infinity is needed.`);
  return { write, moment: when, keep: Number(keep) };
}

/**
 * `npm run check:long`: everything that takes too long for `npm test`. Built-ins only. Prints how long each stage took;
 * the last line is `N passed, N failed`. Logs are in .cache/long.
 * Usage: node scripts/check-long.mjs [STAGE ...]  (all by default; --list names them)
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { run, stopAllOnSignals } from "./lib/processes.mjs";
import { judge, LONG_RUNS } from "./lib/simulation-runs.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOGS = join(ROOT, ".cache", "long");
const MINUTE = 60_000;
const TAIL_LINES = 30;
const PROPERTY_RUNS = 2_000;
const SOAK_MINUTES = 30;
/** Of each room, others each time; the last line of the log names the seed. */
const MUTANTS = 60;
const BIN = join(ROOT, "node_modules", ".bin");

/**
 * @typedef {{ name: string, command: string, args: readonly string[], timeoutMs: number,
 *   env?: Record<string, string>, passes?: (ended: { code: number, output: string }) => boolean }} Stage
 */

/** @type {readonly Stage[]} */
const STAGES = [
  ...LONG_RUNS.map((simulated) => ({
    name: simulated.name,
    command: process.execPath,
    args: ["sim/run.mjs", ...simulated.args],
    timeoutMs: simulated.timeoutMs,
    passes: (ended) => judge(simulated, ended).ok,
  })),
  {
    name: "properties",
    command: join(BIN, "vitest"),
    args: ["run", "--testTimeout=1800000", ...propertyTests(join(ROOT, "src"))],
    timeoutMs: 120 * MINUTE,
    env: { HEARBACK_PROPERTY_RUNS: String(PROPERTY_RUNS) },
  },
  {
    name: "mutation",
    command: process.execPath,
    args: ["scripts/mutate.mjs", "--most", String(MUTANTS)],
    timeoutMs: 600 * MINUTE,
  },
  {
    name: "soak",
    command: join(BIN, "tsx"),
    args: ["node/service-node/testing/soak.ts", "--minutes", String(SOAK_MINUTES)],
    timeoutMs: (SOAK_MINUTES + 15) * MINUTE,
  },
  {
    name: "bad-links",
    command: join(BIN, "tsx"),
    args: ["node/service-node/testing/bad-links.ts"],
    timeoutMs: 40 * MINUTE,
  },
  {
    name: "hostile-node",
    command: join(BIN, "tsx"),
    args: ["node/interoperability/hostile-node/main.ts"],
    timeoutMs: 20 * MINUTE,
  },
  {
    name: "bench",
    command: process.execPath,
    args: ["bench/run.mjs", "--json", join(LOGS, "bench.json")],
    timeoutMs: 120 * MINUTE,
  },
];

/** @returns {string[]} tests that use fast-check, by path from the root */
function propertyTests(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, "utf8").includes('from "fast-check"'))
    .map((file) => relative(ROOT, file));
}

/** Runs one stage. */
async function check({ name, command, args, timeoutMs, env = {}, passes = ({ code }) => code === 0 }) {
  const started = performance.now();
  const settings = { ...process.env, ...env, CI: "true", FORCE_COLOR: undefined };
  const ended = await run(command, args, { cwd: ROOT, env: settings, timeoutMs, log: join(LOGS, `${name}.log`) });
  const ok = !ended.timedOut && passes(ended);
  const lines = ended.output.trimEnd().split("\n");
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`== ${name}: ${ok ? "passed" : "FAILED"} in ${seconds} s`);
  console.log(ok ? lines.at(-1) : lines.slice(-TAIL_LINES).join("\n"));
  return ok;
}

function selected(names) {
  const known = STAGES.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names.length === 0 ? STAGES : STAGES.filter(({ name }) => names.includes(name));
  console.error(`Unknown stage ${unknown.join(", ")}. Stages: ${known.join(", ")}`);
  process.exit(2);
}

async function main() {
  stopAllOnSignals();
  const names = process.argv.slice(2);
  if (names.includes("--list")) {
    for (const { name, args } of STAGES) console.log(`${name}: ${args.join(" ")}`);
    return;
  }
  let [passed, failed] = [0, 0];
  for (const stage of selected(names)) {
    if (await check(stage)) passed++;
    else failed++;
  }
  process.exitCode = failed > 0 ? 1 : 0;
  console.log(`\n${passed} passed, ${failed} failed`);
}

await main();

/**
 * `npm test`: everything, in stages, from a bare clone. Built-ins only, since the first stage installs the rest.
 * The last line is `N passed, N failed`: tests of vitest and Playwright, plus the checks of the other stages.
 * Usage: node scripts/test.mjs [STAGE ...]  (all stages by default; install always runs)
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ensureChromium, ensureFirefox } from "./lib/browsers.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { run, stopAllOnSignals } from "./lib/processes.mjs";
import { judge, SHORT_RUNS } from "./lib/simulation-runs.mjs";
import { runStages, selectStages } from "./lib/stages.mjs";
import { lastLines, readPlaywrightReport, readVitestReport } from "./lib/test-reports.mjs";
import { WORKER_LIMIT_BYTES } from "./lib/worker-limit.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOGS = join(ROOT, ".cache", "test");
const VECTORS = "src/sds/vectors/sds-vectors.json";
const TAIL_LINES = 60;
const MINUTE = 60_000;
/**
 * Ends a test runner that hangs; each of its tests has a limit of its own. Far above what it takes where nothing else runs:
 * the tests in Chromium pass as well when they take fourteen minutes.
 */
const TEST_RUNNER_LIMIT_MS = 40 * MINUTE;

/**
 * @typedef {{ name: string, ok: boolean, output: string }} Check one yes or no
 * @typedef {import("./lib/stages.mjs").Result} Result
 * @typedef {import("./lib/stages.mjs").Stage} Stage
 * @typedef {import("./lib/stages.mjs").RunStage} RunStage
 */

/**
 * All stages in order. A stage runs when the stages it needs passed; the others go on in any case. The simulation computes
 * all the time and looks at no clock, browsers mostly wait: so it runs beside them, and says what came of it behind them.
 */
/** @type {readonly Stage[]} */
const STAGES = [
  { name: "install", needs: [], run: install },
  { name: "static", needs: ["install"], run: staticChecks },
  { name: "unit", needs: ["install"], run: unitTests },
  { name: "vectors", needs: ["install"], run: () => checks([tool("vectors", "tsx", "node/vectors/main.ts", VECTORS)]) },
  {
    name: "build",
    needs: ["install"],
    run: build,
  },
  { name: "chromium", needs: ["install", "build"], run: () => endToEndTests("chromium") },
  { name: "firefox", needs: ["install", "build"], run: () => endToEndTests("firefox") },
  { name: "simulation", needs: ["install"], beside: "chromium", run: simulation },
  { name: "smoke", needs: ["install", "build"], run: smoke },
];

async function install() {
  const packages = await ensureInstalled(ROOT);
  const first = { name: "packages", ok: packages.ok, output: packages.output };
  if (!packages.ok) return summarize([first]);
  const done = [first];
  for (const [name, variable, ensure] of [
    ["chromium", "CHROMIUM_PATH", ensureChromium],
    ["firefox", "FIREFOX_PATH", ensureFirefox],
  ]) {
    const { path, output } = await ensure().catch((error) => ({ path: undefined, output: error.message }));
    if (path !== undefined) process.env[variable] = path;
    done.push({ name, ok: path !== undefined, output });
  }
  return summarize(done);
}

function staticChecks() {
  return checks([
    tool("types", "tsc", "-b", "--pretty", "false"),
    tool("biome", "biome", "check", "--colors=off", "--error-on-warnings", "."),
    { name: "layers", command: process.execPath, args: ["scripts/lint-layers.mjs"] },
    { name: "purity", command: process.execPath, args: ["scripts/check-purity.mjs"] },
    { name: "rooms", command: process.execPath, args: ["scripts/rooms.mjs"] },
    { name: "clauses", command: process.execPath, args: ["scripts/clauses.mjs"] },
  ]);
}

async function unitTests() {
  const report = join(LOGS, "unit.json");
  rmSync(report, { force: true });
  const command = tool("unit", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`);
  const { code, output } = await execute(command, TEST_RUNNER_LIMIT_MS);
  return testResult(readVitestReport(report, ROOT), code, output);
}

/** @param {string} project of e2e/playwright.config.ts */
async function endToEndTests(project) {
  const report = join(LOGS, `${project}.json`);
  rmSync(report, { force: true });
  const command = tool(project, "playwright", "test", "-c", "e2e/playwright.config.ts", `--project=${project}`);
  const env = { ...process.env, HEARBACK_E2E_REPORT: report };
  const { code, output } = await execute({ ...command, env, live: true }, TEST_RUNNER_LIMIT_MS);
  return testResult(readPlaywrightReport(report), code, output);
}

/** @type {RunStage} */
async function simulation(say, isBeside) {
  const done = [];
  for (const simulated of SHORT_RUNS) {
    const { name, args, timeoutMs } = simulated;
    const program = { name: `simulation-${name}`, command: process.execPath, args: ["sim/run.mjs", ...args] };
    const command = isBeside ? atLowPriority(program) : program;
    const started = performance.now();
    const ended = await execute(command, timeoutMs);
    const { ok, lines } = judge(simulated, ended);
    const last = lines.length === 1 ? `: ${lines[0]}` : "";
    say(`${name}: ${lines.length} passed in ${((performance.now() - started) / 1000).toFixed(0)} s${last}`);
    done.push({ name, ok, output: ended.output });
  }
  return summarize(done);
}

/** Three builds that do not know each other, at once: each by itself leaves a processor idle. */
async function build(say) {
  const parts = await Promise.all([buildDemo(), extensionFor("chrome"), extensionFor("firefox")]);
  const built = parts.map(({ name, code, output }) => ({ name, ok: code === 0, output }));
  if (built.some(({ ok }) => !ok)) return summarize(built);
  return summarize([...built, workerSize(say), ...(await checkExtension(say))]);
}

const buildDemo = () => named("demo", tool("build", "vite", "build", "-c", "vite.demo.config.ts"));

function extensionFor(browser) {
  const command = tool(`build-${browser}`, "vite", "build", "-c", "vite.extension.config.ts", "--mode", browser);
  return named(`extension for ${browser === "chrome" ? "Chrome" : "Firefox"}`, command);
}

/** A worker holds a whole Waku node and is loaded by every tab, so its size has a limit. */
function workerSize(say) {
  const assets = join(ROOT, "dist", "web-demo", "assets");
  const workers = readdirSync(assets).filter((name) => /\.worker-.*\.js$/.test(name));
  const sizes = workers.map((name) => gzipSync(readFileSync(join(assets, name))).length);
  const words = workers.map((name, index) => `${name}: ${Math.round(sizes[index] / 1000)} kB gzip`).join(", ");
  say(words);
  const fits = sizes.length > 0 && sizes.every((size) => size <= WORKER_LIMIT_BYTES);
  return { name: "worker size", ok: fits, output: `${words}; the limit is ${WORKER_LIMIT_BYTES} bytes` };
}

/** What the browsers' stores would refuse. */
async function checkExtension(say) {
  const bundle = await named("bundle", {
    name: "check-bundle",
    command: process.execPath,
    args: ["scripts/check-bundle.mjs"],
  });
  say(bundle.output.trim());
  const lint = await named(
    "web-ext lint",
    tool("web-ext-lint", "web-ext", "lint", "--no-config-discovery", "-s", "dist/extension-firefox"),
  );
  return [bundle, lint].map(({ name, code, output }) => ({ name, ok: code === 0, output }));
}

async function named(name, command) {
  return { name, ...(await execute(command, 5 * MINUTE)) };
}

/** The command by which somebody sees for the first time that it works. */
async function smoke(say) {
  const args = ["scripts/start.mjs", "--smoke", "--port", "0", "--node-port", "0"];
  const { code, output } = await execute({ name: "smoke", command: process.execPath, args }, 5 * MINUTE);
  const measured = /^received by all 1 in \d+ ms$/m.exec(output);
  if (measured !== null) say(measured[0]);
  return summarize([{ name: "smoke", ok: code === 0 && measured !== null, output }]);
}

/** A program of node_modules, run by this very Node. */
function tool(name, program, ...args) {
  return { name, command: join(ROOT, "node_modules", ".bin", program), args };
}

/** A tenth of what others get where all want a processor: they do not feel it, and it still ends on a machine that is busy. */
const LOW_PRIORITY = "10";

function atLowPriority({ command, args, ...rest }) {
  return { ...rest, command: "nice", args: ["-n", LOW_PRIORITY, command, ...args] };
}

function execute({ name, command, args, env = process.env, live }, timeoutMs) {
  const settings = { ...env, CI: "true", FORCE_COLOR: undefined };
  return run(command, args, { cwd: ROOT, env: settings, live, timeoutMs, log: join(LOGS, `${name}.log`) });
}

/** Runs commands that each either pass or fail, all of them. */
async function checks(commands) {
  const done = [];
  for (const command of commands) {
    const { code, output } = await execute(command, 5 * MINUTE);
    done.push({ name: command.name, ok: code === 0, output });
  }
  return summarize(done);
}

/** @param {readonly Check[]} done */
function summarize(done) {
  const failed = done.filter((check) => !check.ok);
  const tail = failed.map((check) => `${check.name} failed:\n${lastLines(check.output, TAIL_LINES)}`).join("\n\n");
  const failures = failed.map((check) => `${check.name}: ${lastLines(check.output)}`);
  return { passed: done.length - failed.length, failed: failed.length, tail, failures };
}

/** Counts of a test runner; its exit code counts as one more failure when the counts do not show why it failed. */
function testResult(counts, code, output) {
  const ranNothing = counts.passed + counts.failed === 0;
  const unexplained = counts.failed === 0 && (code !== 0 || ranNothing);
  const failed = counts.failed + (unexplained ? 1 : 0);
  const note = ranNothing ? "\nNo test ran." : "";
  const failures = unexplained ? [`exit code ${code}: ${lastLines(output)}${note}`] : counts.failures;
  return { passed: counts.passed, failed, tail: failed === 0 ? "" : lastLines(output, TAIL_LINES) + note, failures };
}

function help() {
  console.log("npm test [-- STAGE ...]\n\nAll stages in this order, or those named with what they need:\n");
  for (const { name, needs, beside } of STAGES) {
    const words = [
      ...(needs.length > 0 ? [`needs ${needs.join(", ")}`] : []),
      ...(beside === undefined ? [] : [`runs beside ${beside} and what follows`]),
    ];
    console.log(`  ${name.padEnd(12)}${words.join("; ")}`.trimEnd());
  }
}

/** @param {readonly string[]} names */
async function main(names) {
  if (names.includes("--help")) return help();
  const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(`Unknown stage ${unknown.join(", ")}. Stages: ${STAGES.map((stage) => stage.name).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  stopAllOnSignals();
  const started = performance.now();
  const { passed, failed } = await runStages(selectStages(STAGES, names), console.log);
  process.exitCode = failed > 0 ? 1 : 0;
  console.log(`\n${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
  console.log(`${passed} passed, ${failed} failed`);
}

await main(process.argv.slice(2));

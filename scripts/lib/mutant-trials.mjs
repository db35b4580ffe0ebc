/**
 * Runs tests on mutants. A mutant exists in memory only: one Vitest is kept, and a plugin of it gives the mutated text
 * of the file when it is asked for that module, so the tree is the same whatever happens here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest, ForksPoolWorker } from "vitest/node";
import { mutated } from "./mutants.mjs";

/** A mutant that collects without an end is stopped by this long before the machine is. */
const HEAP_MB = 2_048;
/** How much longer than without a mutant tests may take, on a machine that does other things as well. */
const PATIENCE = 3;
const LEAST_LIMIT_MS = 20_000;

/**
 * @typedef {{ verdict: "noticed" | "hung" | "unnoticed" | "unread", by: string }} Trial
 *   hung: the tests did not end; unread: no test loads the file; by: what noticed it, or ""
 * @typedef {{ baseline(tests: readonly string[]): Promise<readonly string[]>,
 *   tryMutant(file: string, mutant: import("./mutants.mjs").Mutant, tests: readonly string[]): Promise<Trial>,
 *   close(): Promise<void>, stop(): Promise<void> }} Trials
 *   stop: at once, in the middle of a trial, which then never ends; only leaving the program can follow
 *   baseline: failures without a mutant; to be asked for once for each set of tests, as the time limit follows from it
 */

/**
 * @param {string} root
 * @param {{ config?: false, leastLimitMs?: number }} [options] config: false for a root without settings of Vitest
 * @returns {Promise<Trials>}
 */
export async function openTrials(root, { config, leastLimitMs = LEAST_LIMIT_MS } = {}) {
  /** @type {{ path: string, source: string, code: string, loads: number } | undefined} */
  let overlay;
  const workers = new Set();
  const limits = new Map();
  let isStopped = false;

  // As vitest.config.ts wants it.
  process.env.HEARBACK_MUTANTS = "1";
  const vitest = await createVitest(
    "test",
    {
      root,
      config,
      watch: false,
      bail: 1,
      reporters: [{}],
      silent: true,
      // One process for all files of a run: a start for each would take longer than most tests.
      isolate: false,
      maxWorkers: 1,
      fileParallelism: false,
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      sequence: { sequencer: AsListed },
      pool: { name: "mutants", createPoolWorker: (options) => keptWorker(options, workers) },
    },
    { plugins: [{ name: "mutant", enforce: "pre", transform: transformed }], server: { watch: null } },
  );

  function transformed(code, id) {
    if (overlay === undefined || id.split("?")[0] !== overlay.path) return undefined;
    if (code !== overlay.source) throw new Error(`${overlay.path} changed while it was being mutated.`);
    overlay.loads++;
    return { code: overlay.code, map: null };
  }

  /** @returns {Promise<{ failures: string[], hung: boolean }>} */
  async function runTests(tests, limitMs) {
    const paths = tests.map((test) => join(root, test));
    const found = await vitest.globTestSpecifications(paths);
    const specifications = paths.flatMap((path) => found.filter(({ moduleId }) => moduleId === path));
    if (specifications.length !== tests.length) throw new Error(`Vitest does not know all of ${tests.join(", ")}.`);
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      for (const worker of workers) void worker.stop().catch(() => {});
    }, limitMs);
    const before = process.exitCode;
    try {
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, false);
      // What was stopped in the middle has no result, and nothing is to be tried after it.
      if (isStopped) return new Promise(() => {});
      // Vitest also names what failed in runs before.
      const ran = testModules.filter(({ moduleId }) => paths.includes(moduleId));
      const failures = ran.flatMap((module) => [
        ...[...module.children.allTests("failed")].map((test) => `${relativeTo(root, module)} > ${test.fullName}`),
        ...module.errors().map(({ message }) => `${relativeTo(root, module)}: ${message}`),
      ]);
      return { failures: [...failures, ...unhandledErrors.map(({ message }) => message)], hung };
    } finally {
      clearTimeout(timer);
      // Vitest counts a failed test as its own failure; here it is what was hoped for.
      process.exitCode = before;
    }
  }

  return {
    async baseline(tests) {
      const started = performance.now();
      const { failures } = await runTests(tests, 2 ** 31 - 1);
      limits.set(sameWhateverOrder(tests), Math.max(leastLimitMs, PATIENCE * (performance.now() - started)));
      return failures;
    },
    async tryMutant(file, mutant, tests) {
      const path = join(root, file);
      const source = readFileSync(path, "utf8");
      overlay = { path, source, code: mutated(source, mutant), loads: 0 };
      vitest.invalidateFile(path);
      try {
        const { failures, hung } = await runTests(tests, limits.get(sameWhateverOrder(tests)) ?? leastLimitMs);
        if (overlay.loads === 0) return { verdict: "unread", by: "" };
        if (hung) return { verdict: "hung", by: "the time limit" };
        const [by] = failures;
        return by === undefined ? { verdict: "unnoticed", by: "" } : { verdict: "noticed", by };
      } finally {
        overlay = undefined;
        vitest.invalidateFile(path);
      }
    },
    close: () => vitest.close(),
    async stop() {
      isStopped = true;
      await Promise.allSettled([...workers].map((worker) => worker.stop()));
    },
  };
}

const sameWhateverOrder = (tests) => [...tests].sort().join();

/** Runs files in the order in which they are given: the likeliest to notice first. */
class AsListed {
  shard(files) {
    return files;
  }
  sort(files) {
    return files;
  }
}

/** Vitest's own process for tests, within reach while it lives: one that is stuck in a loop can only be killed. */
function keptWorker(options, workers) {
  const worker = new ForksPoolWorker(options);
  const start = worker.start.bind(worker);
  worker.start = async () => {
    await start();
    workers.add(worker);
    worker.on("exit", () => workers.delete(worker));
  };
  return worker;
}

const relativeTo = (root, { moduleId }) =>
  moduleId.startsWith(`${root}/`) ? moduleId.slice(root.length + 1) : moduleId;

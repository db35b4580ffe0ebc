import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { NEED_THEIR_OWN_PROCESS } from "./scripts/lib/unit-tests.mjs";

const NO_TESTS = ["**/node_modules/**", "e2e/**", "dist/**", ".cache/**"];
const TESTS = ["{src,node,sim,examples,scripts,web-demo,extension}/**/*.test.{ts,tsx}"];
/** A mutant is put into the modules of one project, all tests of which run in one process in any case. */
const isForMutants = process.env.HEARBACK_MUTANTS !== undefined;

// biome-ignore lint/style/noDefaultExport: vitest reads its settings from the default export.
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    environment: "node",
    // One for each processor. Vitest leaves one for itself, of two as well; but it only works before a file, and files wait.
    maxWorkers: Math.max(2, availableParallelism()),
    // Long runs ask for more cases of each property than a quick test wants.
    setupFiles: process.env.HEARBACK_PROPERTY_RUNS === undefined ? [] : ["scripts/property-runs.ts"],
    // They end what hangs. No test is to fail because the machine does other things as well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A second, the default, is little on a machine that does other things as well.
    expect: { poll: { timeout: 30_000 } },
    passWithNoTests: false,
    ...(isForMutants
      ? { include: TESTS, exclude: NO_TESTS }
      : {
          projects: [
            {
              extends: true,
              test: {
                name: "unit",
                include: TESTS,
                exclude: [...NO_TESTS, ...NEED_THEIR_OWN_PROCESS],
                // Loading the same modules anew for each of some 280 files took a third of the time.
                isolate: false,
              },
            },
            { extends: true, test: { name: "alone", include: [...NEED_THEIR_OWN_PROCESS], exclude: NO_TESTS } },
          ],
        }),
  },
});

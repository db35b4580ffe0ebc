import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: vitest reads its settings from the default export.
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    include: ["{src,node,sim,examples,scripts,web-demo,extension}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", "e2e/**", "dist/**", ".cache/**"],
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
  },
});

import { defineConfig } from "playwright/test";

const report = process.env.HEARBACK_E2E_REPORT;

// biome-ignore lint/style/noDefaultExport: Playwright reads its settings from the default export.
export default defineConfig({
  testDir: ".",
  testMatch: "**/*.e2e.ts",
  outputDir: "../test-results",
  // One browser and one service node at a time: the tests measure and wait on real protocols.
  workers: 1,
  fullyParallel: false,
  // A retry would hide the very losses that these tests look for.
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ...(report === undefined ? [] : [["json", { outputFile: report }] as ["json", object]])],
});

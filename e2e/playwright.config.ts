import { defineConfig } from "playwright/test";

/** What runs in Firefox as well. */
const FIREFOX_TOO = [
  "firefox/**/*.e2e.ts",
  "storage/**/*.e2e.ts",
  ...["accessibility", "bad-input", "delivery", "identity", "service-node-outage", "text-gone"].map(
    (name) => `web-demo/${name}.e2e.ts`,
  ),
];
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
  projects: [
    { name: "chromium", testIgnore: "firefox/**" },
    // Driven by what its makers ship, without the devtools of Chromium: no crashing of tabs, no throttling on demand.
    { name: "firefox", testMatch: FIREFOX_TOO, grepInvert: /@chromium-only/ },
  ],
  reporter: [["list"], ...(report === undefined ? [] : [["json", { outputFile: report }] as ["json", object]])],
});

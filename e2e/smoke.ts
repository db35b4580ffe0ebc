import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { openFreshProfile } from "./support/browser.ts";
import { createChannel, expectParticipants, joinByCode, sendAndTime } from "./support/demo-page.ts";

/**
 * `npm start -- --smoke`: two tabs of one browser, one message, and the proof that it was received.
 * Usage: tsx e2e/smoke.ts DEMO_URL
 */
const LIMIT_MS = 90_000;
const SCREENSHOTS = fileURLToPath(new URL("../test-results/smoke/", import.meta.url));

async function screenshots(pages: readonly Page[]): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const [index, page] of pages.entries()) {
    const path = join(SCREENSHOTS, `tab-${index + 1}.png`);
    await page.screenshot({ path }).then(
      () => console.error(`Screenshot: ${path}`),
      (error: unknown) => console.error(`No screenshot of tab ${index + 1}: ${String(error)}`),
    );
  }
}

async function twoTabs(demoUrl: string, sender: Page, receiver: Page): Promise<void> {
  await sender.goto(demoUrl);
  const code = await createChannel(sender, { channelName: "Smoke test", yourName: "Alice" });
  await joinByCode(receiver, demoUrl, code, "Bob");
  // Whoever is not yet known at the time of sending is no part of the audience.
  await expectParticipants(sender, 2, { timeout: LIMIT_MS });
  const { ms, words } = await sendAndTime(sender, `smoke ${Date.now()}`, LIMIT_MS);
  if (!/received by all 1\b/i.test(words)) throw new Error(`the mark says "${words}" instead of "Received by all 1"`);
  console.log(`received by all 1 in ${Math.round(ms)} ms`);
}

async function main(): Promise<number> {
  const demoUrl = process.argv[2];
  if (demoUrl === undefined) {
    console.error("Usage: tsx e2e/smoke.ts DEMO_URL");
    return 2;
  }
  const profile = await openFreshProfile();
  const problems: string[] = [];
  const pages: Page[] = [];
  try {
    for (let tab = 1; tab <= 2; tab += 1) {
      const page = await profile.context.newPage();
      page.setDefaultTimeout(LIMIT_MS);
      page.on("pageerror", (error) => problems.push(`tab ${tab}: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(`tab ${tab}: ${message.text()}`);
      });
      pages.push(page);
    }
    const [sender, receiver] = pages as [Page, Page];
    await twoTabs(demoUrl, sender, receiver);
    return 0;
  } catch (error) {
    console.error(`Smoke test failed: ${error instanceof Error ? error.message : String(error)}`);
    for (const problem of problems) console.error(problem);
    await screenshots(pages);
    return 1;
  } finally {
    await profile.dispose();
  }
}

process.exitCode = await main();

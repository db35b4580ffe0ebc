import { chromium } from "playwright";
import { serveFolder } from "../scripts/lib/static-server.mjs";
import { chromiumOptions } from "./support/browser.ts";
import { joinByCode } from "./support/demo-page.ts";

/**
 * How long the built demo in Chromium takes to show a channel that somebody joins: `npx tsx e2e/measure-join.ts INVITE TEXT FOLDER`.
 * TEXT is what the newest message begins with, FOLDER the built demo. The page itself counts, from the click on "Join channel" until a
 * first message and until the newest one stands there, and how long its longest task is meanwhile. Prints a line of JSON.
 */
const [, , invite = "", newest = "", folder = ""] = process.argv;
const LONGEST_WAIT_MS = 300_000;

interface Watched {
  joinedAt: number;
  firstAt: number;
  newestAt: number;
  longestTaskMs: number;
}

/** Runs in the page before its own scripts. */
function watchJoin(text: string): void {
  const watched: Watched = { joinedAt: -1, firstAt: -1, newestAt: -1, longestTaskMs: 0 };
  Object.assign(globalThis, { watched });
  addEventListener(
    "click",
    ({ target }) => {
      if (target instanceof Element && target.textContent?.includes("Join channel"))
        watched.joinedAt = performance.now();
    },
    { capture: true },
  );
  new MutationObserver(() => {
    const rows = document.querySelectorAll("[data-message-id]");
    if (watched.firstAt < 0 && rows.length > 0) watched.firstAt = performance.now();
    if (watched.newestAt < 0 && rows[rows.length - 1]?.textContent?.includes(text))
      watched.newestAt = performance.now();
  }).observe(document, { subtree: true, childList: true, characterData: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      if (watched.joinedAt >= 0 && startTime >= watched.joinedAt) {
        watched.longestTaskMs = Math.max(watched.longestTaskMs, duration);
      }
    }
  }).observe({ type: "longtask", buffered: true });
}

const server = await serveFolder(folder);
const browser = await chromium.launch(await chromiumOptions());
try {
  const page = await browser.newPage();
  await page.addInitScript(watchJoin, newest);
  await joinByCode(page, server.url, invite, "Newcomer");
  await page.waitForFunction(() => (globalThis as unknown as { watched: Watched }).watched.newestAt >= 0, null, {
    timeout: LONGEST_WAIT_MS,
    polling: 100,
  });
  const watched = await page.evaluate(() => (globalThis as unknown as { watched: Watched }).watched);
  const { joinedAt, firstAt, newestAt, longestTaskMs } = watched;
  process.stdout.write(
    `${JSON.stringify({ firstMs: firstAt - joinedAt, shownMs: newestAt - joinedAt, longestTaskMs })}\n`,
  );
} finally {
  await browser.close();
  await server.close();
}

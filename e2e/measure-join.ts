import { chromium } from "playwright";
import { serveFolder } from "../scripts/lib/static-server.mjs";
import { chromiumOptions } from "./support/browser.ts";
import { joinByCode } from "./support/demo-page.ts";

/**
 * How long the built demo in Chromium takes to show a channel that somebody joins: `npx tsx e2e/measure-join.ts INVITE TEXT FOLDER`.
 * TEXT is what the newest message begins with, FOLDER the built demo. The page itself counts, from the click on "Join channel" until it
 * says "Connected", until a first message and until the newest one stands there, and until the log has that; and how long its
 * longest task is meanwhile. Prints a line of JSON.
 */
const [, , invite = "", newest = "", folder = ""] = process.argv;
const LONGEST_WAIT_MS = 300_000;

/** Times in ms since the page began, -1: not yet. */
interface Watched {
  joinedAt: number;
  connectedAt: number;
  firstAt: number;
  newestAt: number;
  wholeAt: number;
  longestTaskMs: number;
}

/**
 * Runs in the page before its own scripts, so without named functions: their helper is not there. It looks at the end of the list only: newer is the word of who joins, and
 * little else.
 */
function watchJoin(text: string): void {
  const watched: Watched = { joinedAt: -1, connectedAt: -1, firstAt: -1, newestAt: -1, wholeAt: -1, longestTaskMs: 0 };
  Object.assign(globalThis, { watched });
  addEventListener(
    "click",
    ({ target }) => {
      if (target instanceof Element && target.textContent?.includes("Join channel"))
        watched.joinedAt = performance.now();
    },
    { capture: true },
  );
  const observer = new MutationObserver(() => {
    const now = performance.now();
    if (watched.connectedAt < 0 && document.querySelector("[data-connection=online]") !== null)
      watched.connectedAt = now;
    const rows = document.getElementsByTagName("article");
    let row: Element | null = null;
    for (let back = 1; back <= 20 && row === null; back++) {
      const candidate = rows[rows.length - back];
      if (candidate?.textContent?.includes(text)) row = candidate;
    }
    if (watched.firstAt < 0 && document.querySelector("article[data-mine=false]") !== null) watched.firstAt = now;
    if (row === null) return;
    if (watched.newestAt < 0) watched.newestAt = now;
    if (row.hasAttribute("data-preview")) return;
    watched.wholeAt = now;
    observer.disconnect();
  });
  observer.observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-connection"],
  });
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
  await page.waitForFunction(() => (globalThis as unknown as { watched: Watched }).watched.wholeAt >= 0, null, {
    timeout: LONGEST_WAIT_MS,
    polling: 100,
  });
  const watched = await page.evaluate(() => (globalThis as unknown as { watched: Watched }).watched);
  const since = (at: number): number => at - watched.joinedAt;
  const { connectedAt, firstAt, newestAt, wholeAt, longestTaskMs } = watched;
  const figures = {
    ...{ connectedMs: since(connectedAt), firstMs: since(firstAt), shownMs: since(newestAt), wholeMs: since(wholeAt) },
    longestTaskMs,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await browser.close();
  await server.close();
}

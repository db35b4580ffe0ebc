import type { Page } from "playwright";
import { openExtensionProfile } from "./extension/support/extension.ts";
import { openFromList } from "./extension/support/extension-page.ts";
import { expectConnection, messages } from "./support/demo-page.ts";
import { fillDatabase, importDatabase } from "./support/filled-database.ts";
import { startTestServiceNode } from "./support/real-parts.ts";

/**
 * How long the extension takes to show a channel with a long history when its worker is dead: `npx tsx e2e/measure-history.ts
 * [MESSAGES]`, after `npm run build:extension`. Each run stops the worker and opens the popup; the page itself counts, from the start
 * of its navigation, until the newest message stands there and until it says "Connected".
 */
const RUNS = 10;
const count = Number(process.argv[2] ?? 10_000);

interface Shown {
  readonly historyMs: number;
  readonly connectedMs: number;
}

/** Runs in the page before its own scripts. */
function watchFirstShown(newest: string): void {
  const shown = { historyMs: -1, connectedMs: -1 };
  Object.assign(globalThis, { shown });
  const observer = new MutationObserver(() => {
    const now = performance.now();
    const rows = document.querySelectorAll("[data-message-id]");
    if (shown.historyMs < 0 && rows[rows.length - 1]?.textContent?.includes(newest)) shown.historyMs = now;
    const online = document.querySelector("[data-connection=online]") !== null;
    if (shown.connectedMs < 0 && online) shown.connectedMs = now;
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
}

const readShown = (page: Page): Promise<Shown> =>
  page.evaluate(() => (globalThis as unknown as { readonly shown: Shown }).shown);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

const node = await startTestServiceNode();
const profile = await openExtensionProfile();
try {
  const { dump, newestText } = await fillDatabase(count, node.multiaddr);
  const page = await profile.openPlain();
  await importDatabase(page, "hearback", dump);
  await page.close();
  await profile.stopWorker();
  await profile.context.addInitScript(watchFirstShown, newestText);
  const warm = await profile.open("popup");
  await openFromList(warm);
  await messages(warm, newestText).waitFor();
  await expectConnection(warm, "online");
  await warm.close();
  const runs: Shown[] = [];
  for (let run = 0; run < RUNS; run++) {
    await profile.stopWorker();
    const popup = await profile.open("popup");
    await messages(popup, newestText).waitFor();
    await expectConnection(popup, "online");
    runs.push(await readShown(popup));
    await popup.close();
  }
  const figures = {
    messages: count,
    historyVisibleMedianMs: median(runs.map(({ historyMs }) => historyMs)),
    connectedMedianMs: median(runs.map(({ connectedMs }) => connectedMs)),
    runs: runs.map(({ historyMs, connectedMs }) => [Math.round(historyMs), Math.round(connectedMs)]),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await profile.dispose();
  await node.stop();
}

import { createHash } from "node:crypto";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { serveFolder } from "../scripts/lib/static-server.mjs";
import { createChannelHost } from "../src/channel/host/host.ts";
import { createMemoryStorage } from "../src/storage/memory/memory-storage.ts";
import { createWakuTransport } from "../src/transport/waku/waku-transport.ts";
import { type BrowserName, type KeptBrowser, openKept, profileFolder } from "./disk/browsers.ts";
import { bundleFill } from "./disk/bundle-fill.ts";
import { cpuTimeOf } from "./disk/cpu-time.ts";
import type { AimedChannel, Fill, FillActions } from "./disk/fill.ts";
import { newestTextOf } from "./disk/long-talk.ts";
import { type PageTimes, sendMany, untilShown, watchPage } from "./disk/watch-page.ts";
import { watchWorkerHeap } from "./disk/worker-heap.ts";
import { expectConnection, messages } from "./support/demo-page.ts";
import { startTestServiceNode } from "./support/real-parts.ts";

/**
 * The built demo or the extension on a database of many messages: `npx tsx e2e/measure-opening.ts PLACE MESSAGES FOLDER [RUNS [ACKS]]`. PLACE is
 * chromium, firefox or extension (in Chromium), FOLDER the built demo or extension, ACKS how
 * many of the others acknowledge each message for itself: all, unless a database is to be had sooner. The database is filled once for each state of the
 * code that fills it, and kept under .cache/bench-disk; each run works on a copy. Prints a line of JSON (`DiskFigures`).
 */
export interface DiskFigures {
  /** Medians, in ms since the page began to be opened. */
  readonly shownMs: number;
  readonly durableMs: number;
  readonly connectedMs: number;
  /** Of the worker, in one run; null where the browser does not tell. */
  readonly heapPeakMb: number | null;
  /** CPU of all processes of the browser from the opening to the first message on disk, and of each message after that. */
  readonly openCpuMs: number;
  readonly sendCpuMs: number;
  /** Of one message after the other. */
  readonly sendMs: number;
  /** Until a hundred messages of somebody else, said at once, stand there; null where it was not asked for. */
  readonly liveMs: number | null;
  readonly load: number;
}

type Place = BrowserName | "extension";

const PARTICIPANT = "bench-disk";
const PEOPLE = 20;
const SENT = 20;
const LIVE = 100;
/** A first run warms the disk's cache, as nobody measures a disk here. */
const [, , place = "chromium", words = "10000", folder = "dist/web-demo", runsAsked = "3", acks = `${PEOPLE}`] =
  process.argv;
const count = Number(words);
const LONGEST_WAIT_MS = 600_000;

const isExtension = (where: string): where is "extension" => where === "extension";
const browserOf = (where: Place): BrowserName => (isExtension(where) ? "chromium" : where);
const databaseName = isExtension(place) ? "hearback" : `hearback-${PARTICIPANT}`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}

/** Where pages of the place are, and how one of them that has no code of the product is opened. */
interface Served {
  readonly addons: readonly string[];
  origin(browser: KeptBrowser): Promise<string>;
  close(): Promise<void>;
}

async function serve(): Promise<Served> {
  if (isExtension(place)) {
    const addons = [folder];
    return { addons, origin: originOfExtension, close: async () => undefined };
  }
  // The databases belong to the origin, its port included.
  const server = await serveFolder(folder, { ports: [PORT] });
  return { addons: [], origin: async () => server.url.replace(/\/$/, ""), close: () => server.close() };
}

const PORT = 8_791;

async function originOfExtension({ context }: KeptBrowser): Promise<string> {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  return `chrome-extension://${new URL(worker.url()).host}`;
}

const plainPath = isExtension(place) ? "/icons/icon-16.png" : "/favicon.svg";

/** Does something of `fill.ts` in a page of that origin while nobody else has its databases open. */
async function inPlainPage<T>(browser: KeptBrowser, origin: string, act: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.context.newPage();
  await page.goto(`${origin}${plainPath}`);
  if (isExtension(place)) {
    const devtools = await browser.context.newCDPSession(page);
    await devtools.send("ServiceWorker.enable");
    await devtools.send("ServiceWorker.stopAllWorkers");
    // It may have been about to start for this page.
    await page.waitForTimeout(1_000);
    await devtools.send("ServiceWorker.stopAllWorkers");
  }
  await page.evaluate((url) => import(url), `${origin}/fill.js`);
  const result = await act(page);
  await page.close();
  return result;
}

type WithActions = typeof globalThis & { readonly fillActions: FillActions };

async function filledProfile(served: Served): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(join(folder, "fill.js")))
    .digest("hex")
    .slice(0, 8);
  const kept = profileFolder(place, words, acks, hash);
  const exists = await readFile(join(kept, "filled")).catch(() => null);
  if (exists !== null) return kept;
  const filling = `${kept}-filling`;
  await rm(filling, { recursive: true, force: true });
  const browser = await openKept(browserOf(place as Place), filling, served.addons);
  try {
    const origin = await served.origin(browser);
    const fill: Fill = {
      ...{ database: databaseName, messages: count, people: PEOPLE },
      acknowledging: Number(acks),
    };
    await inPlainPage(browser, origin, (page) =>
      page.evaluate((wanted) => (globalThis as WithActions).fillActions.fill(wanted), fill),
    );
  } finally {
    await browser.close();
  }
  await writeFile(join(filling, "filled"), new Date().toISOString());
  await rename(filling, kept);
  return kept;
}

/** One start of the browser on a copy of what was filled: from the page's navigation on. */
interface Run {
  readonly times: PageTimes;
  readonly heapPeakMb: number | null;
  readonly openCpuMs: number;
  readonly sendCpuMs: number;
  readonly sentMs: readonly number[];
  readonly liveMs: number | null;
}

async function run(served: Served, profile: string, multiaddr: string, wantsLive: boolean): Promise<Run> {
  const copy = `${profile}-run`;
  await rm(copy, { recursive: true, force: true });
  await cp(profile, copy, { recursive: true });
  const browser = await openKept(browserOf(place as Place), copy, served.addons);
  try {
    const origin = await served.origin(browser);
    const aimed = await inPlainPage(browser, origin, (page) =>
      page.evaluate(([database, address]) => (globalThis as WithActions).fillActions.aim(database, address), [
        databaseName,
        multiaddr,
      ] as const),
    );
    const cpu = [await cpuTimeOf(copy)];
    const page = await browser.context.newPage();
    const heapPeak = place === "chromium" ? await watchWorkerHeap(page) : () => null;
    await openChannel(page, origin, aimed);
    await page.waitForFunction(() => (globalThis as WithTimes).pageTimes.durableMs >= 0, null, LONG);
    cpu.push(await cpuTimeOf(copy));
    await expectConnection(page, "online");
    const heapPeakMb = heapPeak();
    const times = await page.evaluate(() => (globalThis as WithTimes).pageTimes);
    cpu.push(await cpuTimeOf(copy));
    const sentMs = await page.evaluate(sendMany, { count: SENT, text: "measured" });
    cpu.push(await cpuTimeOf(copy));
    const [before = 0, opened = 0, sending = 0, sent = 0] = cpu;
    const liveMs = wantsLive ? await hearMany(page, aimed) : null;
    return { times, heapPeakMb, openCpuMs: opened - before, sendCpuMs: (sent - sending) / SENT, sentMs, liveMs };
  } finally {
    await browser.close();
    await rm(copy, { recursive: true, force: true });
  }
}

type WithTimes = typeof globalThis & { readonly pageTimes: PageTimes };
const LONG = { timeout: LONGEST_WAIT_MS, polling: 100 };

/** As a tab that is restored, or a page of the extension that was left there. */
async function openChannel(page: Page, origin: string, { channel }: AimedChannel): Promise<void> {
  const session = { participant: PARTICIPANT, channel, invite: null };
  await page.addInitScript((value) => {
    if (location.protocol !== "chrome-extension:") sessionStorage.setItem("hearback.tab", value);
  }, JSON.stringify(session));
  await page.addInitScript(watchPage, { newest: newestTextOf(count), first: "The first of this start." });
  const path = isExtension(place) ? `/extension/app/tab.html#/channel/${channel}` : "/";
  await page.goto(`${origin}${path}`);
}

/** Somebody joins, and says a hundred things at once. */
async function hearMany(page: Page, { inviteCode }: AimedChannel): Promise<number> {
  const host = createChannelHost({
    storage: createMemoryStorage(),
    openTransport: (network) => createWakuTransport({ network }),
  });
  try {
    const { id } = await host.join({ invite: inviteCode, displayName: "Newcomer" });
    const client = host.open(id);
    await client.send({ requestId: "hello", type: "chat", text: "Here I am." });
    await messages(page, "Here I am.").waitFor({ timeout: LONGEST_WAIT_MS });
    const shown = page.evaluate(untilShown, `live ${LIVE}.`);
    const began = Date.now();
    for (let n = 1; n <= LIVE; n++) await client.send({ requestId: `live-${n}`, type: "chat", text: `live ${n}.` });
    return (await shown) - began;
  } finally {
    await host.close();
  }
}

await bundleFill(folder);
const served = await serve();
const node = await startTestServiceNode();
try {
  const profile = await filledProfile(served);
  const runs: Run[] = [];
  for (let n = 0; n < Number(runsAsked); n++) runs.push(await run(served, profile, node.multiaddr, n === 0));
  const of = (figure: (each: Run) => number): number => median(runs.map(figure));
  const figures: DiskFigures = {
    shownMs: of(({ times }) => times.shownMs),
    durableMs: of(({ times }) => times.durableMs),
    connectedMs: of(({ times }) => times.connectedMs),
    heapPeakMb: runs[0]?.heapPeakMb ?? null,
    openCpuMs: of(({ openCpuMs }) => openCpuMs),
    sendCpuMs: of(({ sendCpuMs }) => sendCpuMs),
    sendMs: median(runs.flatMap(({ sentMs }) => sentMs)),
    liveMs: runs[0]?.liveMs ?? null,
    load: loadavg()[0] ?? 0,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await node.stop();
  await served.close();
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type LaunchOptions, type Page } from "playwright";
import { CHROMIUM_MISSING, findChromium } from "../../scripts/lib/chromium.mjs";

/** Quiet and alike everywhere: nothing of the browser's own goes over the network. */
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium's sandbox cannot run as root. */
const isRoot = process.getuid?.() === 0;

/** How every test starts Chromium. @throws {Error} that says what to install if there is none. */
export async function chromiumOptions(): Promise<LaunchOptions> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
  return { executablePath, headless: true, args: isRoot ? ["--no-sandbox", ...QUIET] : QUIET };
}

/** A browser of its own, with a profile on disk that survives `restart` and nothing else. */
export interface BrowserProfile {
  readonly context: BrowserContext;
  /** Closes the browser and opens it again on the same profile. */
  restart(): Promise<BrowserContext>;
  /** Ends the browser's process at once, as a crash or the task manager does, and opens it again on the same profile. */
  killAndReopen(): Promise<BrowserContext>;
  /** Closes the browser and deletes the profile. */
  dispose(): Promise<void>;
}

export async function openFreshProfile(): Promise<BrowserProfile> {
  const folder = await mkdtemp(join(tmpdir(), "hearback-profile-"));
  const options = { ...(await chromiumOptions()), viewport: { width: 1280, height: 800 } };
  let context = await chromium.launchPersistentContext(folder, options);
  return {
    get context() {
      return context;
    },
    async restart() {
      await context.close();
      context = await chromium.launchPersistentContext(folder, options);
      return context;
    },
    async killAndReopen() {
      await kill(context);
      context = await chromium.launchPersistentContext(folder, options);
      return context;
    },
    async dispose() {
      await context.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function kill(context: BrowserContext): Promise<void> {
  const browser = context.browser();
  if (browser === null) throw new Error("this context has no browser of its own");
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  const main = processInfo.find(({ type }) => type === "browser");
  if (main === undefined) throw new Error("the browser does not tell its process id");
  const closed = new Promise<void>((resolve) => context.once("close", () => resolve()));
  process.kill(main.id, "SIGKILL");
  await closed;
}

/** The process behind the tab dies; nothing in the page or its worker runs another line. */
export async function crashTab(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  // A dead page never answers.
  devtools.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
}

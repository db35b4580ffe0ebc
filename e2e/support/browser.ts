import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type LaunchOptions, type Page } from "playwright";
import { CHROMIUM_MISSING, findChromium } from "../../scripts/lib/browsers.mjs";

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
  /** The same in two: what this resolves with kills at the very moment at which it is called. */
  prepareKill(): Promise<() => Promise<BrowserContext>>;
  /** Closes the browser and deletes the profile. */
  dispose(): Promise<void>;
}

export async function openFreshProfile(): Promise<BrowserProfile> {
  const folder = await mkdtemp(join(tmpdir(), "hearback-profile-"));
  const options = { ...(await chromiumOptions()), viewport: { width: 1280, height: 800 } };
  let context = await chromium.launchPersistentContext(folder, options);

  async function prepareKill(): Promise<() => Promise<BrowserContext>> {
    const kill = await killerOf(context);
    return async () => {
      await kill();
      context = await chromium.launchPersistentContext(folder, options);
      return context;
    };
  }

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
      return (await prepareKill())();
    },
    prepareKill,
    async dispose() {
      await context.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Ends the browser process at once, as a crash or the task manager does. */
export async function killBrowser(context: BrowserContext): Promise<void> {
  await (await killerOf(context))();
}

/** What this resolves with kills at once when it is called, and resolves when the browser is gone. */
async function killerOf(context: BrowserContext): Promise<() => Promise<void>> {
  const browser = context.browser();
  if (browser === null) throw new Error("this context has no browser of its own");
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  const main = processInfo.find(({ type }) => type === "browser");
  if (main === undefined) throw new Error("the browser does not tell its process id");
  const closed = new Promise<void>((resolve) => context.once("close", () => resolve()));
  return () => {
    process.kill(main.id, "SIGKILL");
    return closed;
  };
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

/** A browser as people have it. */
export interface PlainBrowser {
  readonly context: BrowserContext;
  dispose(): Promise<void>;
}

/**
 * Chromium started without Playwright's settings, which make every tab believe that it is in front and switch off the
 * throttling of those that are not. Only one tab is visible here: the one that was opened or brought to front last.
 */
export async function openPlainBrowser(...flags: readonly string[]): Promise<PlainBrowser> {
  const { executablePath = "", args = [] } = await chromiumOptions();
  const folder = await mkdtemp(join(tmpdir(), "hearback-profile-"));
  const own = ["--headless", "--no-first-run", "--remote-debugging-port=0", `--user-data-dir=${folder}`];
  const child = spawn(executablePath, [...args, ...own, ...flags, "about:blank"]);
  const gone = once(child, "exit");
  const browser = await chromium.connectOverCDP(await devtoolsAddress(child), { noDefaults: true });
  const [context] = browser.contexts();
  if (context === undefined) throw new Error("the browser has no window");
  return {
    context,
    async dispose() {
      await browser.close();
      child.kill("SIGKILL");
      await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What Chromium says on stderr once it can be driven. */
export function devtoolsAddress(child: ChildProcess): Promise<string> {
  let words = "";
  return new Promise((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      words += chunk;
      const address = /DevTools listening on (ws:\S+)/.exec(words)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`Chromium ended before it could be driven:\n${words}`)));
  });
}

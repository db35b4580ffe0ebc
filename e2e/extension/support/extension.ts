import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright";
import { chromiumOptions } from "../../support/browser.ts";

const EXTENSION = fileURLToPath(new URL("../../../dist/extension-chrome", import.meta.url));
const LOAD_EXTENSION = [`--disable-extensions-except=${EXTENSION}`, `--load-extension=${EXTENSION}`];

/** The pages of the extension. A popup has no window of its own here, so it is opened in a tab, at its own size. */
export type View = "popup" | "panel" | "tab";

/** A browser of its own with the built extension loaded (npm run build:extension). */
export interface ExtensionProfile {
  readonly context: BrowserContext;
  /** Opens a page of the extension. Uncaught errors in it are kept in `pageErrors`. */
  open(view: View): Promise<Page>;
  /** A page of the extension that holds none of its code, so that it is no view. */
  openPlain(): Promise<Page>;
  /** Stops all service workers of the browser, as Chrome does with idle ones. Ports to them close. */
  stopWorker(): Promise<void>;
  /** What the worker shows outside of its pages. Looks without opening a view. */
  outside(): Promise<Outside>;
  /** Closes the browser and opens it again on the same profile. */
  restart(): Promise<void>;
  /**
   * Closes the browser and runs it on the same profile with no debugger, which would keep its worker alive, and no view.
   * Resolves to what ends it.
   */
  runUnattended(): Promise<() => Promise<void>>;
  readonly pageErrors: readonly string[];
  dispose(): Promise<void>;
}

export interface Outside {
  readonly badge: string;
  /** How many notifications are shown. */
  readonly notifications: number;
  /** Names of the alarms that will start the worker. */
  readonly alarms: readonly string[];
}

export interface ExtensionProfileOptions {
  readonly colorScheme?: "light" | "dark";
  readonly locale?: string;
}

export async function openExtensionProfile(options: ExtensionProfileOptions = {}): Promise<ExtensionProfile> {
  const folder = await mkdtemp(join(tmpdir(), "hearback-extension-"));
  const pageErrors: string[] = [];
  let context = await launch(folder, options);
  let origin = await originOf(context);

  async function open(view: View): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", (error) => pageErrors.push(error.stack ?? error.message));
    await page.goto(`${origin}/extension/app/${view}.html`);
    return page;
  }

  async function openPlain(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${origin}/icons/icon-16.png`);
    return page;
  }

  async function onPlainPage<T>(use: (page: Page) => Promise<T>): Promise<T> {
    const page = await openPlain();
    const used = await use(page);
    await page.close();
    return used;
  }

  return {
    get context() {
      return context;
    },
    open,
    openPlain,
    async stopWorker() {
      await onPlainPage(async (page) => {
        const devtools = await context.newCDPSession(page);
        await devtools.send("ServiceWorker.enable");
        await devtools.send("ServiceWorker.stopAllWorkers");
      });
    },
    outside: () =>
      onPlainPage((page) =>
        page.evaluate(async () => ({
          badge: await chrome.action.getBadgeText({}),
          notifications: Object.keys(await chrome.notifications.getAll()).length,
          alarms: (await chrome.alarms.getAll()).map(({ name }) => name),
        })),
      ),
    async restart() {
      await context.close();
      context = await launch(folder, options);
      origin = await originOf(context);
    },
    async runUnattended() {
      await context.close();
      const { executablePath = "", args = [] } = await chromiumOptions();
      const all = ["--headless=new", `--user-data-dir=${folder}`, ...args, ...LOAD_EXTENSION, "about:blank"];
      const child = spawn(executablePath, all, { stdio: "ignore" });
      return async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, "exit");
        child.kill("SIGTERM");
        await gone;
      };
    },
    pageErrors,
    async dispose() {
      await context.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function launch(folder: string, { colorScheme, locale }: ExtensionProfileOptions): Promise<BrowserContext> {
  const { args = [], ...options } = await chromiumOptions();
  return chromium.launchPersistentContext(folder, {
    ...options,
    ignoreDefaultArgs: ["--disable-extensions"],
    args: [...args, ...LOAD_EXTENSION],
    viewport: { width: 1000, height: 760 },
    ...(colorScheme === undefined ? {} : { colorScheme }),
    ...(locale === undefined ? {} : { locale }),
  });
}

async function originOf(context: BrowserContext): Promise<string> {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  // Node knows no origins of this scheme.
  return `chrome-extension://${new URL(worker.url()).host}`;
}

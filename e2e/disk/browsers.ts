import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright";
import { chromiumOptions, devtoolsAddress } from "../support/browser.ts";
import { openFirefoxProfile } from "../support/firefox.ts";

/** A browser on a profile that stays on disk. */
export interface KeptBrowser {
  readonly context: BrowserContext;
  /** What it has written is on disk then. */
  close(): Promise<void>;
}

export type BrowserName = "chromium" | "firefox";

export function openKept(browser: BrowserName, folder: string, addons: readonly string[] = []): Promise<KeptBrowser> {
  return browser === "firefox" ? openFirefox(folder) : openChromium(folder, addons);
}

async function openFirefox(folder: string): Promise<KeptBrowser> {
  await mkdir(folder, { recursive: true });
  const profile = await openFirefoxProfile({ folder });
  return { context: profile.context, close: () => profile.dispose() };
}

async function openChromium(folder: string, addons: readonly string[]): Promise<KeptBrowser> {
  const { executablePath = "", args = [] } = await chromiumOptions();
  await mkdir(folder, { recursive: true });
  const own = ["--headless=new", "--no-first-run", "--remote-debugging-port=0", `--user-data-dir=${folder}`];
  const load = addons.length === 0 ? [] : [`--disable-extensions-except=${addons}`, `--load-extension=${addons}`];
  const child = spawn(executablePath, [...args, ...own, ...load, "--window-size=1280,800", "about:blank"]);
  const gone = once(child, "exit");
  const browser = await chromium.connectOverCDP(await devtoolsAddress(child));
  const [context] = browser.contexts();
  if (context === undefined) throw new Error("the browser has no window");
  return {
    context,
    async close() {
      const devtools = await browser.newBrowserCDPSession();
      await devtools.send("Browser.close").catch(() => undefined);
      await gone;
    },
  };
}

export const profileFolder = (...names: readonly string[]): string => join(".cache", "bench-disk", names.join("-"));

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type LaunchOptions } from "playwright";
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
    async dispose() {
      await context.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

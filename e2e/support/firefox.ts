import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, firefox } from "playwright";
import { FIREFOX_MISSING, findFirefox } from "../../scripts/lib/browsers.mjs";

const PROXY = fileURLToPath(new URL("bidi-proxy.mjs", import.meta.url));

const PREFERENCES = {
  // Errors that no script caught are written to stderr, from where the proxy takes them.
  "browser.dom.window.dump.enabled": true,
  // Whoever asks for lasting storage gets it; people are asked by a prompt, which nobody would answer here.
  "dom.storageManager.prompt.testing": true,
  "dom.storageManager.prompt.testing.allow": true,
  // Nothing of the browser's own goes over the network.
  "services.settings.server": "data:,#nothing",
  "messaging-system.rsexperimentloader.enabled": false,
  "browser.backup.enabled": false,
};

export interface FirefoxOptions {
  /** Folder of a built add-on that is loaded as in about:debugging. */
  readonly addon?: string;
  /** Where the profile is kept; by default a new one, which goes in the end. */
  readonly folder?: string;
  /** Over the preferences of a test profile. */
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
}

/** A Firefox of its own, with a profile on disk that survives `restart` and nothing else. */
export interface FirefoxProfile {
  readonly context: BrowserContext;
  restart(): Promise<BrowserContext>;
  /** Errors of scripts that nobody caught, in any page and in the browser itself. Known from `dispose` on. */
  readonly uncaughtErrors: readonly string[];
  dispose(): Promise<void>;
}

/** Starts the Firefox of this machine. @throws {Error} that says what to install if there is none. */
export async function openFirefoxProfile(options: FirefoxOptions = {}): Promise<FirefoxProfile> {
  const { addon, preferences = {} } = options;
  const executable = await findFirefox();
  if (executable === undefined) throw new Error(FIREFOX_MISSING);
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "hearback-firefox-")));
  const errors = join(folder, "uncaught-errors.txt");
  await writeFile(errors, "");
  const start = () =>
    firefox.launchPersistentContext(folder, {
      channel: "moz-firefox",
      executablePath: PROXY,
      // An ESR cannot emulate a viewport of another size than its window.
      viewport: null,
      headless: true,
      // Without it no page of an add-on can be opened by who drives the browser.
      args: ["--remote-allow-system-access", "--width=1280", "--height=800"],
      env: {
        ...process.env,
        HEARBACK_FIREFOX: executable,
        HEARBACK_ERRORS: errors,
        ...(addon === undefined ? {} : { HEARBACK_ADDON: addon }),
      },
      firefoxUserPrefs: { ...PREFERENCES, ...preferences },
    });
  let context = await start();
  let uncaughtErrors: readonly string[] = [];
  return {
    get context() {
      return context;
    },
    async restart() {
      await context.close();
      context = await start();
      return context;
    },
    get uncaughtErrors() {
      return uncaughtErrors;
    },
    async dispose() {
      await context.close();
      uncaughtErrors = (await readFile(errors, "utf8")).split("\n").filter((line) => line !== "");
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

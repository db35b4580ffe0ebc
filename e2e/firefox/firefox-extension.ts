import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright";
import type { View } from "../extension/support/extension.ts";
import { openFirefoxProfile } from "../support/firefox.ts";

const ADDON = fileURLToPath(new URL("../../dist/extension-firefox", import.meta.url));
const ADDON_ID = "hearback@hearback.example";
/** Firefox makes one up for each profile; this one is known beforehand. */
const ORIGIN_ID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";

const MOST_TRIES = 3;
const DRAWN_WITHIN_MS = 15_000;

/** A Firefox of its own with the built extension loaded as a temporary add-on (npm run build:extension). */
export interface FirefoxExtension {
  readonly context: BrowserContext;
  /** Opens a page of the extension in a tab. Uncaught errors in it are kept in `pageErrors`. */
  open(view: View): Promise<Page>;
  /** Closes the browser and opens it again on the same profile. */
  restart(): Promise<void>;
  readonly pageErrors: readonly string[];
  dispose(): Promise<void>;
}

export interface FirefoxExtensionOptions {
  /** After so long without an event Firefox suspends the background page; 30 s if it is left out. */
  readonly suspendAfterMs?: number;
}

/** Null when the page cannot be driven: it changes its process while it loads, and Playwright sometimes loses it then. */
async function openPage(context: BrowserContext, view: View, pageErrors: string[]): Promise<Page | null> {
  const page = await context.newPage();
  page.on("pageerror", (error) => pageErrors.push(error.stack ?? error.message));
  // Firefox tells nobody that a page of an add-on has loaded.
  await page.goto(`moz-extension://${ORIGIN_ID}/extension/app/${view}.html`, { waitUntil: "commit" });
  const drawn = page.locator("#app > *").first().waitFor({ timeout: DRAWN_WITHIN_MS });
  return drawn.then(
    () => page,
    () => null,
  );
}

export async function openFirefoxExtension({
  suspendAfterMs,
}: FirefoxExtensionOptions = {}): Promise<FirefoxExtension> {
  const profile = await openFirefoxProfile({
    addon: ADDON,
    preferences: {
      "extensions.webextensions.uuids": JSON.stringify({ [ADDON_ID]: ORIGIN_ID }),
      // A temporary add-on goes with the browser, and is another one when it is loaded again; an installed one stays.
      "extensions.webextensions.keepStorageOnUninstall": true,
      "extensions.webextensions.keepUuidOnUninstall": true,
      ...(suspendAfterMs === undefined ? {} : { "extensions.background.idle.timeout": suspendAfterMs }),
    },
  });
  const pageErrors: string[] = [];
  return {
    get context() {
      return profile.context;
    },
    async open(view) {
      for (let tries = 1; ; tries++) {
        const page = await openPage(profile.context, view, pageErrors);
        if (page !== null) return page;
        if (tries === MOST_TRIES)
          throw new Error(`No page of the extension could be driven, though ${tries} were opened.`);
      }
    },
    restart: async () => void (await profile.restart()),
    pageErrors,
    dispose: () => profile.dispose(),
  };
}

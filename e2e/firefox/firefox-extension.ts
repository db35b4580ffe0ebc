import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright";
import type { View } from "../extension/support/extension.ts";
import { openFirefoxProfile } from "../support/firefox.ts";

const ADDON = fileURLToPath(new URL("../../dist/extension-firefox", import.meta.url));
const ADDON_ID = "hearback@hearback.example";
/** Firefox makes one up for each profile; this one is known beforehand. */
const ORIGIN = "moz-extension://6ba7b810-9dad-41d1-80b4-00c04fd430c8";

/** A Firefox of its own with the built extension loaded as a temporary add-on (npm run build:extension). */
export interface FirefoxExtension {
  readonly context: BrowserContext;
  /** Opens a page of the extension in a tab. */
  open(view: View): Promise<Page>;
  /** Closes the browser and opens it again on the same profile. */
  restart(): Promise<void>;
  /** Errors that nobody caught in its pages, the one in the background included. Known from `dispose` on. */
  readonly pageErrors: readonly string[];
  dispose(): Promise<void>;
}

export interface FirefoxExtensionOptions {
  /** After so long without an event Firefox suspends the background page; 30 s if it is left out. */
  readonly suspendAfterMs?: number;
}

export async function openFirefoxExtension({
  suspendAfterMs,
}: FirefoxExtensionOptions = {}): Promise<FirefoxExtension> {
  const profile = await openFirefoxProfile({
    addon: ADDON,
    preferences: {
      "extensions.webextensions.uuids": JSON.stringify({ [ADDON_ID]: new URL(ORIGIN).host }),
      // A temporary add-on goes with the browser, and is another one when it is loaded again; an installed one stays.
      "extensions.webextensions.keepStorageOnUninstall": true,
      "extensions.webextensions.keepUuidOnUninstall": true,
      ...(suspendAfterMs === undefined ? {} : { "extensions.background.idle.timeout": suspendAfterMs }),
    },
  });
  return {
    get context() {
      return profile.context;
    },
    async open(view) {
      const page = await profile.context.newPage();
      await page.goto(`${ORIGIN}/extension/app/${view}.html`);
      return page;
    },
    restart: async () => void (await profile.restart()),
    get pageErrors() {
      return profile.uncaughtErrors.filter((error) => error.startsWith(`${ORIGIN}/`));
    },
    dispose: () => profile.dispose(),
  };
}

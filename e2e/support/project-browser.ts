import type { BrowserContext } from "playwright";
import { test } from "playwright/test";
import { openFreshProfile } from "./browser.ts";
import { openFirefoxProfile } from "./firefox.ts";

/** For the options of tests that need Chromium's devtools: its quotas, crashes and network conditions on demand. */
export const CHROMIUM_ONLY = { tag: "@chromium-only" };

/** The browser of the project under which the test runs, with a fresh profile. */
export function openProjectBrowser(): Promise<{ readonly context: BrowserContext; dispose(): Promise<void> }> {
  return test.info().project.name === "firefox" ? openFirefoxProfile() : openFreshProfile();
}

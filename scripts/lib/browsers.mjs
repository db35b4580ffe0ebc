/** Finds the browsers to drive. Built-ins only; Playwright is asked when it is installed. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./processes.mjs";

/**
 * @typedef {{ name: string, variable: string, names: readonly string[], debian: string, missing: string,
 *   playwrights: () => Promise<readonly string[]> }} Browser
 *   variable: names an executable; names: what to look for on the PATH; debian: the package; missing: says what to do
 */

export const CHROMIUM_MISSING =
  "No Chromium found. Install one (Debian: apt-get install chromium; else: npx playwright install chromium) " +
  "or set CHROMIUM_PATH to its executable.";
export const FIREFOX_MISSING =
  "No Firefox found. Install version 140 or newer (Debian: apt-get install firefox-esr) " +
  "or set FIREFOX_PATH to its executable.";

/** @type {Browser} */
const CHROMIUM = {
  name: "Chromium",
  variable: "CHROMIUM_PATH",
  names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  debian: "chromium",
  missing: CHROMIUM_MISSING,
  playwrights: async () => {
    try {
      const { chromium } = await import("playwright");
      return [chromium.executablePath()];
    } catch {
      return [];
    }
  },
};

/** @type {Browser} */
const FIREFOX = {
  name: "Firefox",
  variable: "FIREFOX_PATH",
  names: ["firefox-esr", "firefox"],
  debian: "firefox-esr",
  missing: FIREFOX_MISSING,
  // Its own is patched for a protocol of its own, and takes no add-ons.
  playwrights: async () => [],
};

/**
 * Path of a Chromium: CHROMIUM_PATH, then PATH, then Playwright's own download; undefined if there is none.
 * A CHROMIUM_PATH that does not start is an error, since somebody meant that one.
 * @returns {Promise<string | undefined>}
 */
export const findChromium = () => find(CHROMIUM);

/**
 * Path of a Firefox: FIREFOX_PATH, then PATH; undefined if there is none. A FIREFOX_PATH that does not start is an error.
 * @returns {Promise<string | undefined>}
 */
export const findFirefox = () => find(FIREFOX);

/**
 * As `findChromium`, and installs Debian's package if there is none and we may.
 * @returns {Promise<{ path: string | undefined, output: string }>}
 */
export const ensureChromium = () => ensure(CHROMIUM);

/**
 * As `findFirefox`, and installs Debian's package if there is none and we may.
 * @returns {Promise<{ path: string | undefined, output: string }>}
 */
export const ensureFirefox = () => ensure(FIREFOX);

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** On some systems the name is there but only a stub that asks for another package. */
function starts(path) {
  return isExecutable(path) && spawnSync(path, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;
}

/** @param {Browser} browser */
async function find({ variable, names, playwrights }) {
  const chosen = process.env[variable];
  if (chosen) {
    if (starts(chosen)) return chosen;
    throw new Error(`${variable} is ${chosen}, which does not start. Correct it or unset it.`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...(await playwrights())].find(starts);
}

/** @param {Browser} browser */
async function ensure(browser) {
  const { name, debian, missing } = browser;
  const found = await find(browser);
  if (found !== undefined) return { path: found, output: `${name}: ${found}` };
  const mayInstall = process.getuid?.() === 0 && isExecutable("/usr/bin/apt-get");
  if (!mayInstall) return { path: undefined, output: missing };
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const update = await run("apt-get", ["update"], { env, timeoutMs: 180_000 });
  const args = ["install", "-y", "--no-install-recommends", debian];
  const install = await run("apt-get", args, { env, timeoutMs: 600_000 });
  const path = await find(browser);
  const output = path === undefined ? `${update.output}${install.output}\n${missing}` : `${name}: ${path}`;
  return { path, output };
}

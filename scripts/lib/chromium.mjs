/** Finds a Chromium to drive. Built-ins only; Playwright is asked when it is installed. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./processes.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
export const CHROMIUM_MISSING =
  "No Chromium found. Install one (Debian: apt-get install chromium; else: npx playwright install chromium) " +
  "or set CHROMIUM_PATH to its executable.";

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

async function playwrightsOwn() {
  try {
    const { chromium } = await import("playwright");
    return [chromium.executablePath()];
  } catch {
    return [];
  }
}

/**
 * Path of a Chromium: CHROMIUM_PATH, then PATH, then Playwright's own download; undefined if there is none.
 * A CHROMIUM_PATH that does not start is an error, since somebody meant that one.
 * @returns {Promise<string | undefined>}
 */
export async function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (starts(chosen)) return chosen;
    throw new Error(`CHROMIUM_PATH is ${chosen}, which does not start. Correct it or unset it.`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...(await playwrightsOwn())].find(starts);
}

/**
 * As `findChromium`, and installs Debian's package if there is none and we may.
 * @returns {Promise<{ path: string | undefined, output: string }>}
 */
export async function ensureChromium() {
  const found = await findChromium();
  if (found !== undefined) return { path: found, output: `Chromium: ${found}` };
  const mayInstall = process.getuid?.() === 0 && isExecutable("/usr/bin/apt-get");
  if (!mayInstall) return { path: undefined, output: CHROMIUM_MISSING };
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const update = await run("apt-get", ["update"], { env, timeoutMs: 180_000 });
  const args = ["install", "-y", "--no-install-recommends", "chromium"];
  const install = await run("apt-get", args, { env, timeoutMs: 600_000 });
  const path = await findChromium();
  const output = path === undefined ? `${update.output}${install.output}\n${CHROMIUM_MISSING}` : `Chromium: ${path}`;
  return { path, output };
}

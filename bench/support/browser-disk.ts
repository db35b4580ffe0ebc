import { spawn } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { wordsFromChild } from "./child.ts";

/** What `e2e/measure-opening.ts` prints. */
export interface DiskFigures {
  readonly shownMs: number;
  readonly durableMs: number;
  readonly heapPeakMb: number | null;
  readonly openCpuMs: number;
  readonly sendMs: number;
  readonly sendCpuMs: number;
  readonly liveMs: number | null;
}

export type DiskPlace = "chromium" | "firefox" | "extension";

const DEMO = resolve(".cache/bench-demo");
const EXTENSION = resolve(".cache/bench-extension");

/** Builds the demo and the extension as people get them, each in a folder of its own. Rejects with the builder's words. */
export async function buildBoth(): Promise<void> {
  await vite("--config", "vite.demo.config.ts", "--outDir", DEMO);
  await vite("--config", "vite.extension.config.ts", "--mode", "chrome");
  await rm(EXTENSION, { recursive: true, force: true });
  await cp("dist/extension-chrome", EXTENSION, { recursive: true });
}

function vite(...args: readonly string[]): Promise<void> {
  const program = ["node_modules/vite/bin/vite.js", "build", ...args, "--logLevel", "error"];
  const child = spawn(process.execPath, program, { stdio: "inherit" });
  return new Promise((done, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? done() : reject(new Error(`${args.join(" ")}: code ${code}`))));
  });
}

/** Opens a database of so many messages there; rejects with words when there is no such browser. */
export async function openFromDisk(place: DiskPlace, messages: number, runs: number): Promise<DiskFigures> {
  const program = pathToFileURL(resolve("e2e/measure-opening.ts"));
  const folder = place === "extension" ? EXTENSION : DEMO;
  return JSON.parse(await wordsFromChild(program, [place, messages, folder, runs], ["--import", "tsx"]));
}

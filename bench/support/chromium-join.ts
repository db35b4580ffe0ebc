import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { wordsFromChild } from "./child.ts";

/** Of one join in the built demo, all since the click on "Join channel". */
export interface ChromiumFigures {
  /** Until the page says "Connected". */
  readonly connectedMs: number;
  /** Until a first message stands on the page. */
  readonly firstMs: number;
  /** Until the newest one does, from wherever it is known. */
  readonly shownMs: number;
  /** Until the log has it, which is when the history was read. */
  readonly wholeMs: number;
  /** Of the page, not of its worker. */
  readonly longestTaskMs: number;
}

const FOLDER = resolve(".cache/bench-demo");

/** Builds the demo as people get it. Rejects with the builder's words. */
export function buildDemo(): Promise<void> {
  const build = ["build", "--config", "vite.demo.config.ts", "--outDir", FOLDER, "--logLevel", "error"];
  const child = spawn(process.execPath, ["node_modules/vite/bin/vite.js", ...build], { stdio: "inherit" });
  return new Promise((done, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? done() : reject(new Error(`The demo was not built: code ${code}`))));
  });
}

/** Joins in a Chromium of its own; rejects with words when there is none. `newest`: how the newest message begins. */
export async function joinInChromium(invite: string, newest: string): Promise<ChromiumFigures> {
  const program = pathToFileURL(resolve("e2e/measure-join.ts"));
  return JSON.parse(await wordsFromChild(program, [invite, newest, FOLDER], ["--import", "tsx"]));
}

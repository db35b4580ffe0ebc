import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./lib/processes.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LIMIT_MS = 120_000;

/** A room with a test that looks at one of its two functions only, and a loop that can be made endless. */
const SOURCE = `export function isGrownUp(age: number): boolean {
  return age >= 18;
}
export function isTall(height: number): boolean {
  return height > 180;
}
export function count(to: number): number {
  let steps = 0;
  for (let at = 0; at !== to; at++) steps++;
  return steps;
}
`;
const UNREAD = "export const nobody = () => 7;\n";
const TEST = `import { expect, test } from "vitest";
import { count, isGrownUp, isTall } from "./ages.ts";
test("at 18", () => {
  expect([17, 18, 19].map(isGrownUp)).toEqual([false, true, true]);
  expect([count(3), count(0)]).toEqual([3, 0]);
  isTall(1);
});
`;

let root = "";
beforeAll(() => {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  root = mkdtempSync(join(ROOT, ".cache", "mutate-"));
  mkdirSync(join(root, "room"));
  writeFileSync(join(root, "room", "ages.ts"), SOURCE);
  writeFileSync(join(root, "room", "unread.ts"), UNREAD);
  writeFileSync(join(root, "room", "ages.test.ts"), TEST);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const mutate = (...args: string[]) =>
  run(process.execPath, ["scripts/mutate.mjs", "--root", root, ...args], { cwd: ROOT, timeoutMs: LIMIT_MS });
const result = (output: string) => JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");

test(
  "says what was noticed, what was not, what hung and what no test reads, and leaves the tree as it was",
  async () => {
    const { code, output } = await mutate("room", "--seed", "5", "--limit", "8000", "--all");
    expect(code, output).toBe(0);
    const line = (text: string) => output.split("\n").find((one) => one.includes(text)) ?? output;
    expect(line("age >= 18  ->  age > 18")).toMatch(/^noticed +room\/ages\.ts:2 {2}comparison/);
    expect(line("height > 180  ->  height >= 180")).toMatch(/^unnoticed +room\/ages\.ts:5 {2}comparison/);
    expect(line("ages.ts:9  number  0  ->  1")).toMatch(/^hung /);
    expect(line("7  ->  8")).toMatch(/^unread +room\/unread\.ts:1/);
    // What comes after one that hung is tried all the same.
    expect(line("steps  ->  0")).toMatch(/^noticed +room\/ages\.ts:10/);

    const { seed, mutants, noticed, hung, unnoticed, unread, score, rooms } = result(output);
    expect([seed, noticed + hung + unnoticed + unread, rooms]).toEqual([5, mutants, { room: score }]);
    expect(score).toBe(Math.floor((100 * (noticed + hung)) / mutants));
    expect([hung > 0, unnoticed > 0, unread]).toEqual([true, true, 3]);
    expect(readFileSync(join(root, "room", "ages.ts"), "utf8")).toBe(SOURCE);
  },
  LIMIT_MS,
);

test(
  "tries so many as are asked for, and fails below the least score that is",
  async () => {
    const { code, output } = await mutate("room", "--file", "unread", "--most", "2", "--least", "1");
    expect(result(output)).toMatchObject({ mutants: 2, unread: 2, score: 0 });
    expect(output).toContain("Below 1 %: room");
    expect(code).toBe(1);
  },
  LIMIT_MS,
);

test(
  "does not measure with a test that fails by itself",
  async () => {
    const broken = join(root, "broken");
    cpSync(join(root, "room"), broken, { recursive: true });
    writeFileSync(join(broken, "ages.test.ts"), TEST.replace("true, true", "true, false"));
    const { code, output } = await mutate("broken", "--most", "1");
    expect(code).toBe(2);
    expect(output).toContain("Without any mutant a test of broken/");
  },
  LIMIT_MS,
);

test(
  "leaves nothing behind when it is interrupted in a mutant that hangs",
  async () => {
    const args = ["scripts/mutate.mjs", "--root", root, "room", "--file", "ages", "--all"];
    const program = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(program, "exit");
    let output = "";
    program.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    // The next one is the endless loop.
    await expect.poll(() => output, { timeout: LIMIT_MS }).toContain("ages.ts:8  number");
    const workers = () => readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, "utf8").trim();
    let busy = "";
    await expect
      .poll(
        () => {
          busy = workers();
          return isComputing(busy);
        },
        { timeout: LIMIT_MS, interval: 200 },
      )
      .toBe(true);
    // What it had to say of the one before may come in pieces.
    const printed = output;
    program.kill("SIGINT");
    expect(await exited).toEqual([130, null]);
    expect(output).toBe(printed);
    expect(existsSync(`/proc/${busy}`)).toBe(false);
    expect(readFileSync(join(root, "room", "ages.ts"), "utf8")).toBe(SOURCE);
  },
  LIMIT_MS,
);

/** Whether a process has used more than two seconds of a processor: far more than the tests here need. */
function isComputing(pid: string): boolean {
  if (!/^\d+$/.test(pid) || !existsSync(`/proc/${pid}/stat`)) return false;
  const ticks = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[11];
  return Number(ticks) > 200;
}

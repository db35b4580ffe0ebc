import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { oneFileProgram, type Program } from "./lib/one-file-program.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DAY_MS = 24 * 60 * 60_000;

let root = "";
beforeEach(() => {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  root = mkdtempSync(join(ROOT, ".cache", "one-file-"));
  for (const folder of ["program", "library"]) mkdirSync(join(root, folder));
  write("program/main.ts", 'import { words } from "../library/words.ts";\nconsole.log(words as string);\n');
  write("library/words.ts", 'export const words: string = "first";\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, text: string) => writeFileSync(join(root, path), text);
const program = (over: Partial<Program> = {}) =>
  oneFileProgram({
    ...{ root, entry: "program/main.ts", sources: ["program", "library"], folder: "made", external: [] },
    ...over,
  });
const made = () => (existsSync(join(root, "made")) ? readdirSync(join(root, "made")) : []);

async function said(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [path]);
  return stdout.trimEnd();
}

test("is made once, and anew when something that it imports has changed", async () => {
  const first = await program();
  expect(await said(first)).toBe("first");
  const at = statSync(first).mtimeMs;
  expect(await program()).toBe(first);
  expect(statSync(first).mtimeMs).toBe(at);

  write("library/words.ts", 'export const words: string = "later";\n');
  const later = await program();
  expect(later).not.toBe(first);
  expect(await said(later)).toBe("later");
  expect(made()).toHaveLength(2);
});

test("is another one when a source was added, and for another entry", async () => {
  const first = await program();
  write("library/more.ts", "export const more = 1;\n");
  const second = await program();
  const third = await program({ entry: "library/words.ts" });
  expect(new Set([first, second, third]).size).toBe(3);
});

test("made by several at once, it is whole for each of them", async () => {
  const paths = await Promise.all([program(), program(), program()]);
  expect(await Promise.all(paths.map(said))).toEqual(["first", "first", "first"]);
  expect(made()).toHaveLength(1);
});

test("brings its packages along but for those that stay outside", async () => {
  write(
    "program/main.ts",
    'import { bytesToHex } from "@noble/hashes/utils.js";\nconsole.log(bytesToHex(new Uint8Array(2)));\n',
  );
  expect(await said(await program())).toBe("0000");
  const inside = statSync(await program()).size;
  write(
    "program/main.ts",
    'import { bytesToHex } from "@noble/hashes/utils.js";\nconsole.log(bytesToHex(new Uint8Array(3)));\n',
  );
  const outside = await program({ external: ["@noble/hashes"] });
  expect(await said(outside)).toBe("000000");
  expect(statSync(outside).size).toBeLessThan(inside / 2);
});

test("leaves nothing behind when it cannot be made, and is made when it can", async () => {
  write("library/words.ts", "export const nothing = 1;\n");
  await expect(program()).rejects.toThrow("words");
  expect(made()).toEqual([]);
  write("library/words.ts", 'export const words = "mended";\n');
  expect(await said(await program())).toBe("mended");
});

test("what is older than a day goes when another one is made; younger ones may be in use", async () => {
  const [old, young] = ["old.mjs", "young.mjs"].map((name) => join(root, "made", name));
  mkdirSync(join(root, "made"));
  for (const path of [old, young]) writeFileSync(path ?? "", "");
  const before = (ms: number) => new Date(Date.now() - ms);
  utimesSync(old ?? "", before(DAY_MS + 60_000), before(DAY_MS + 60_000));
  utimesSync(young ?? "", before(DAY_MS - 3_600_000), before(DAY_MS - 3_600_000));
  await program();
  expect(made()).toHaveLength(2);
  expect(made()).toContain("young.mjs");
});

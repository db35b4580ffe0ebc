import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { NEED_THEIR_OWN_PROCESS } from "./lib/unit-tests.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const REPLACES_A_MODULE = /\bvi\.(mock|doMock|resetModules)\(/;

test("a test that replaces a module has a process of its own", () => {
  const all = ["src", "node", "sim", "examples", "web-demo", "extension"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.test\.tsx?$/.test(file))
      .map((file) => join(folder, file)),
  );
  const replacing = all.filter((file) => REPLACES_A_MODULE.test(readFileSync(join(ROOT, file), "utf8")));
  expect(replacing.length).toBeGreaterThan(2);
  expect(replacing.filter((file) => !NEED_THEIR_OWN_PROCESS.includes(file))).toEqual([]);
});

test("each that has a process of its own is there", () => {
  expect(NEED_THEIR_OWN_PROCESS.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

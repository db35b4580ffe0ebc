import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "@swc/core";
import { describe, expect, test } from "vitest";
import { FURTHER_TESTS, MUTATED, roomOf, sourcesIn, testsFor } from "./lib/mutant-tests.mjs";
import { mutantsOf, mutated } from "./lib/mutants.mjs";
import { drawn } from "./lib/seeded-draw.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The whole text of each mutant, with the operator that made it. */
function changes(source: string): string[] {
  return mutantsOf(source).map((mutant) => `${mutant.operator}: ${mutated(source, mutant)}`);
}

describe("an operator", () => {
  test.each([
    ["comparison", "x = a < b", ["x = a <= b"]],
    ["comparison", "x = a >= b", ["x = a > b"]],
    ["comparison", "x = a !== b", ["x = a === b"]],
    ["comparison, a comment kept", "x = a /* < */ < b", ["x = a /* < */ <= b"]],
    ["logic", "x = a && b", ["x = a || b"]],
    ["logic", "x = a || b && c", ["x = a && b && c", "x = a || (b || c)"]],
    ["sum", "x = a + b", ["x = a - b"]],
    ["sum", "x -= a", ["x += a"]],
    ["sum, not of words", 'x = a + "s"', []],
    ["negation", "x = !a", ["x = a"]],
    ["await", "x = await a()", ["x = a()"]],
    ["condition", "if (a) b;", ["if (true) b;", "if (false) b;"]],
    ["condition", "x = a ? b : c", ["x = true ? b : c", "x = false ? b : c"]],
    ["condition, loops that would not end left out", "while (a) b;", ["while (false) b;"]],
    ["condition, loops that would not end left out", "for (; a; ) b;", ["for (; false; ) b;"]],
    ["default", "x ??= a", ["x = a"]],
    ["extreme", "x = Math.min(a, b)", ["x = Math.max(a, b)"]],
    ["number", "x = 1", ["x = 2", "x = 0"]],
    ["number", "x = 0", ["x = 1"]],
    ["number, a large one", "x = 5_000", ["x = 10000"]],
    ["statement", "a();", [";"]],
    ["statement", "{ a?.(); }", ["{ ; }"]],
    ["statement", "delete a.b;", [";"]],
    ["early exit", "for (const x of y) { a; continue; }", ["for (const x of y) { a; ; }"]],
    ["early exit, alone left to the condition", "for (const x of y) { continue; }", []],
    ["return", "const f = () => a", ["const f = () => undefined"]],
    [
      "return, by its type",
      "function f(): boolean { return a }",
      ["function f(): boolean { return true }", "function f(): boolean { return false }"],
    ],
    ["return, by its type", "function f(): number { return a }", ["function f(): number { return 0 }"]],
    ["return, by its type", "function f(): string { return a }", ['function f(): string { return "" }']],
    ["return, by its type", "function f(): readonly X[] { return a }", ["function f(): readonly X[] { return [] }"]],
    [
      "return, by its type",
      "async function f(): Promise<number> { return a }",
      ["async function f(): Promise<number> { return 0 }"],
    ],
  ])("of kind %s: %s", (kind, source, expected) => {
    const operator = kind.split(",")[0];
    const found = mutantsOf(source).filter((mutant) => mutant.operator === operator);
    expect(found.map((mutant) => mutated(source, mutant))).toEqual(expected);
  });
});

test.each([
  "import a from 'b';",
  "export * from 'b';",
  "interface A { a: 1; b?: true }",
  "type A = 1 | 2;",
  "const x = a as 1;",
  "let x: 1;",
  'const x = "a < b";',
  "/** a < 1 */ const x = a;",
  "const x = a?.b;",
  "const x = { 1: a };",
  "function f() { throw new RangeError(1 + 2); }",
])("nothing is mutated in: %s", (source) => {
  expect(changes(source)).toEqual([]);
});

test("places are those of the source, whatever signs it has, in every parse", () => {
  const source = '// ä → 😀\nconst x = "😀é";\nconst y = x < z;\n';
  const start = source.indexOf("x < z");
  for (let time = 0; time < 3; time++) {
    expect(mutantsOf(source)).toEqual([
      { operator: "comparison", start, end: start + 5, line: 3, before: "x < z", after: "x <= z" },
    ]);
  }
});

test("each mutant of a room is a program, differs from the source, and is there once", () => {
  const seen = new Set<string>();
  const files = sourcesIn(ROOT, "src/sds/outbox");
  expect(files.length).toBeGreaterThan(4);
  for (const file of files) {
    const source = readFileSync(join(ROOT, file), "utf8");
    for (const mutant of mutantsOf(source)) {
      const text = mutated(source, mutant);
      expect(text).not.toBe(source);
      expect(() => parseSync(text, { syntax: "typescript", target: "es2022" })).not.toThrow();
      expect(seen.has(text), `${file}:${mutant.line} ${mutant.before}`).toBe(false);
      seen.add(text);
    }
  }
  expect(seen.size).toBeGreaterThan(100);
});

describe("what is mutated", () => {
  const sources = MUTATED.flatMap((folder) => sourcesIn(ROOT, folder));

  test("is neither a test nor what serves tests", () => {
    expect(sources).toContain("src/sds/outbox/outbox.ts");
    expect(sources.filter((file) => /test|contract|vectors/.test(file))).toEqual([]);
  });

  test("has tests in its room or in the table, all of which are there", () => {
    for (const file of sources) expect(testsFor(ROOT, file), file).not.toEqual([]);
    const named = FURTHER_TESTS.flatMap(({ tests }) => tests);
    expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test("is tried on the test of its own name first, on those of other rooms last", () => {
    const tests = testsFor(ROOT, "src/sds/outbox/outbox.ts");
    expect(tests[0]).toBe("src/sds/outbox/outbox.test.ts");
    expect(tests.at(-1)).toBe("src/sds/step.test.ts");
    expect(tests).toContain("src/sds/outbox/level.test.ts");
    expect(tests.filter((file) => file.startsWith("src/sds/holes/"))).toEqual([]);
  });

  test("belongs to a room", () => {
    expect(roomOf("src/sds/outbox/outbox.ts")).toBe("src/sds/outbox");
    expect(roomOf("src/sds/step.ts")).toBe("src/sds");
  });
});

test("a seed draws the same again, and another seed others", () => {
  const items = Array.from({ length: 1_000 }, (_, index) => index);
  const some = drawn(items, 20, "7 room");
  expect(new Set(some).size).toBe(20);
  expect(drawn(items, 20, "7 room")).toEqual(some);
  expect(drawn(items, 20, "8 room")).not.toEqual(some);
  expect(drawn(items, 2_000, "7 room")).toEqual(items);
});

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** The check runs on a small tree with one page, one source file and one test in it, in which defects are planted. */
const SCRIPT = fileURLToPath(new URL("clauses.mjs", import.meta.url));
const PAGE = `# A protocol

## 1. First

- [FIRST-1] One rule, which
  goes on, see SECOND-1. SHA-256 is no rule.
- [FIRST-2] (local) Another one.

## 2. Second

| Id | What |
|---|---|
| [SECOND-1] | a limit (local) |
`;

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hearback-clauses-"));
  plant("docs/protocol.md", PAGE);
  plant("src/sds/one.ts", "//= protocol: FIRST-1, SECOND-1\nexport const one = 1;\n  //= protocol: FIRST-2\n");
  plant("src/sds/one.test.ts", "//= protocol: FIRST-1, FIRST-2\n//= protocol: SECOND-1\n");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Exit code, lines of problems, and what is printed. */
function check(...args: string[]): { code: number | null; problems: string[]; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { cwd: root, encoding: "utf8" });
  return { code: status, problems: stderr.split("\n").filter((line) => line !== ""), output: stdout };
}

test("nothing is wrong with rules that have code and a test", () => {
  const { code, problems, output } = check();
  expect(problems).toEqual([]);
  expect(code).toBe(0);
  expect(output).toContain("clauses: 3 rules, 0 problems");
  expect(output).toMatch(/^1\. First +2 +1 +2 +2$/m);
  expect(output).toMatch(/^2\. Second +1 +1 +1 +1$/m);
  expect(output).toMatch(/^all +3 +2 +3 +3$/m);
});

describe("what is found, with file and line", () => {
  test.each<[what: string, path: string, text: string, problems: readonly string[]]>([
    [
      "a comment in code that names no rule",
      "src/two.ts",
      "\n//= protocol: FIRST-3\n",
      ["src/two.ts:2: FIRST-3 is no rule of docs/protocol.md"],
    ],
    [
      "a comment in a test that names no rule, beside one",
      "sim/two.ts",
      "//= protocol: FIRST-1, OTHER-1\n",
      ["sim/two.ts:1: OTHER-1 is no rule of docs/protocol.md"],
    ],
    [
      "a rule without code",
      "src/sds/one.ts",
      "//= protocol: FIRST-1, FIRST-2\n",
      ["docs/protocol.md:13: SECOND-1 has no code"],
    ],
    [
      "a rule without a test",
      "src/sds/one.test.ts",
      "//= protocol: FIRST-1, SECOND-1\n",
      ["docs/protocol.md:7: FIRST-2 has no test"],
    ],
    [
      "a rule without either",
      "docs/protocol.md",
      PAGE.replace("## 2.", "- [FIRST-9] New.\n\n## 2."),
      ["docs/protocol.md:9: FIRST-9 has no code", "docs/protocol.md:9: FIRST-9 has no test"],
    ],
    [
      "one id for two rules",
      "docs/protocol.md",
      `${PAGE}\n- [FIRST-2] Again.\n`,
      ["docs/protocol.md:15: FIRST-2 is there twice"],
    ],
    [
      "a mention of a rule that does not exist",
      "docs/protocol.md",
      `${PAGE}\nAs FIRST-4 says.\n`,
      ["docs/protocol.md:15: FIRST-4 is no rule"],
    ],
    [
      "a comment of another form",
      "src/two.ts",
      "//=protocol: FIRST-1\n",
      ['src/two.ts:1: write it as "//= protocol: WORD-1, WORD-2"'],
    ],
  ])("%s", (_what, path, text, problems) => {
    plant(path, text);
    const found = check();
    expect(found.problems).toEqual(problems);
    expect(found.code).toBe(1);
  });

  test("a page without rules", () => {
    plant("docs/protocol.md", "# Nothing\n");
    rmSync(join(root, "src"), { recursive: true });
    expect(check().problems).toEqual(["docs/protocol.md: no rule was found, so none was checked"]);
  });
});

test.each(["src/a.test.tsx", "src/port.contract.ts", "src/sds/testing/a.ts", "sim/core/a.ts", "e2e/a.e2e.ts"])(
  "%s shows rules, and implements none",
  (path) => {
    plant("src/sds/one.test.ts", "");
    plant(path, "//= protocol: FIRST-1, FIRST-2, SECOND-1\n");
    expect(check().problems).toEqual([]);
    plant("src/sds/one.ts", "");
    expect(check().problems.filter((problem) => problem.endsWith("has no code"))).toHaveLength(3);
  },
);

test("--list says where", () => {
  const { output } = check("--list");
  const lines = ["FIRST-2 (local)  docs/protocol.md:7", "  code  src/sds/one.ts:3", "  test  src/sds/one.test.ts:1"];
  expect(output).toContain(lines.join("\n"));
});

test("the page of this repository has one rule for each id, and mentions no other", () => {
  rmSync(join(root, "src"), { recursive: true });
  plant("docs/protocol.md", readFileSync(new URL("../docs/protocol.md", import.meta.url), "utf8"));
  const { problems, output } = check();
  expect(problems.filter((problem) => !/has no (?:code|test)$/.test(problem))).toEqual([]);
  expect(Number(/clauses: (\d+) rules/.exec(output)?.[1])).toBeGreaterThan(100);
});

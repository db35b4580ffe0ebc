import { describe, expect, test } from "vitest";
import { type Result, runStages, type Stage, selectStages } from "./lib/stages.mjs";

const PASSED: Result = { passed: 2, failed: 0, tail: "" };
const FAILED: Result = { passed: 1, failed: 1, tail: "its end", failures: ["why"] };

const stage = (name: string, needs: readonly string[] = [], result = PASSED): Stage => ({
  name,
  needs,
  run: async (say) => {
    say(`${name} says`);
    return result;
  },
});
const withoutTimes = (lines: readonly string[]) => lines.map((line) => line.replace(/, [\d.]+ s$/, ""));

async function linesOf(stages: readonly Stage[]) {
  const lines: string[] = [];
  const sums = await runStages(stages, (line) => lines.push(line));
  return { lines: withoutTimes(lines), sums };
}

/** A stage whose end the test decides. */
function held(name: string, beside?: string) {
  let runs = 0;
  let end: (result: Result) => void = () => undefined;
  const ended = new Promise<Result>((resolve) => {
    end = resolve;
  });
  let begin: (isBeside: boolean) => void = () => undefined;
  const begun = new Promise<boolean>((resolve) => {
    begin = resolve;
  });
  const one: Stage = {
    name,
    needs: [],
    ...(beside === undefined ? {} : { beside }),
    run: (say, isBeside) => {
      runs++;
      say(`${name} says`);
      begin(isBeside);
      return ended;
    },
  };
  return { stage: one, end, begun, runs: () => runs };
}

describe("stages", () => {
  test("run one after another, each with its counts, and the sums come back", async () => {
    expect(await linesOf([stage("a"), stage("b", ["a"])])).toEqual({
      lines: ["\n== a", "a says", "== a: 2 passed, 0 failed", "\n== b", "b says", "== b: 2 passed, 0 failed"],
      sums: { passed: 4, failed: 0 },
    });
  });

  test("do not run when what they need failed, and say so; others go on, and failures stand at the end", async () => {
    const { lines, sums } = await linesOf([stage("a", [], FAILED), stage("b", ["a"]), stage("c", ["b"]), stage("d")]);
    expect(sums).toEqual({ passed: 3, failed: 3 });
    expect(lines.filter((line) => line.endsWith(" says"))).toEqual(["a says", "d says"]);
    expect(lines).toContain("its end\n-- the stage a FAILED; logs are in .cache/test");
    expect(lines).toContain("not run, because a failed\n-- the stage b FAILED; logs are in .cache/test");
    expect(lines.at(-1)).toBe("\nFAILED in a: why");
  });

  test("that throw have failed, at once or later", async () => {
    const broken = (name: string, run: Stage["run"]): Stage => ({ ...stage(name), run });
    const { lines, sums } = await linesOf([
      broken("at once", () => {
        throw new Error("first");
      }),
      broken("later", async () => Promise.reject(new Error("second"))),
      stage("last"),
    ]);
    expect(sums).toEqual({ passed: 2, failed: 2 });
    expect(lines.filter((line) => line.startsWith("\nFAILED in"))).toEqual([
      expect.stringContaining("FAILED in at once: Error: first"),
      expect.stringContaining("FAILED in later: Error: second"),
    ]);
  });

  test("one beside another runs with it, and speaks in its turn", async () => {
    const [browser, computing] = [held("browser"), held("computing", "browser")];
    const running = linesOf([browser.stage, stage("next"), computing.stage]);
    expect(await Promise.all([browser.begun, computing.begun])).toEqual([false, true]);
    computing.end(PASSED);
    browser.end(PASSED);
    expect((await running).lines).toEqual([
      ...["\n== browser", "browser says", "== browser: 2 passed, 0 failed"],
      ...["\n== next", "next says", "== next: 2 passed, 0 failed"],
      ...["\n== computing, which ran since browser began", "computing says", "== computing: 2 passed, 0 failed"],
    ]);
  });

  test("one beside others is waited for, and its failure is its own", async () => {
    const computing = held("computing", "browser");
    const running = linesOf([stage("browser"), computing.stage]);
    await computing.begun;
    computing.end(FAILED);
    const { lines, sums } = await running;
    expect(computing.runs()).toBe(1);
    expect(sums).toEqual({ passed: 3, failed: 1 });
    expect(lines).toContain("== browser: 2 passed, 0 failed");
    expect(lines.slice(-2)).toEqual(["== computing: 1 passed, 1 failed", "\nFAILED in computing: why"]);
  });

  test("one beside a stage that nobody asked for runs by itself, once", async () => {
    const computing = held("computing", "browser");
    const running = linesOf([computing.stage]);
    expect(await computing.begun).toBe(false);
    computing.end(PASSED);
    expect((await running).lines).toEqual(["\n== computing", "computing says", "== computing: 2 passed, 0 failed"]);
  });
});

describe("selected stages", () => {
  const stages = [stage("a"), stage("b", ["a"]), stage("c"), stage("d", ["b"])];
  const names = (...wanted: string[]) => selectStages(stages, wanted).map(({ name }) => name);

  test("are all, or those named with what these need, in their order", () => {
    expect(names()).toEqual(["a", "b", "c", "d"]);
    expect(names("c", "d")).toEqual(["a", "b", "c", "d"]);
    expect(names("d")).toEqual(["a", "b", "d"]);
    expect(names("c")).toEqual(["c"]);
  });

  test("are none when a name is nobody's", () => expect(() => names("a", "e")).toThrow("no stage e"));
});

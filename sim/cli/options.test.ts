import { describe, expect, it } from "vitest";
import { oneOf, parseOptions } from "./options.ts";
import { failureLines } from "./swarm-command.ts";
import { UsageError } from "./usage-error.ts";

describe("the command line", () => {
  it("is read", () => {
    const options = parseOptions(
      "--seeds 2000 --first 7 --jobs 2 --loss 0.3 --participants 4 --profile sds".split(" "),
    );
    expect(options).toMatchObject({ seeds: 2_000, first: 7, jobs: 2 });
    expect(options.settings).toEqual({ loss: 0.3, participants: 4, profile: "sds" });
    expect(parseOptions(["--set", "archive.absent=true,loss=0"]).settings).toMatchObject({ archive: { absent: true } });
  });

  it.each([
    "--seeds 0",
    "--seeds many",
    "--seed -1",
    "--jobs 1.5",
    "--loss 2",
    "--loss x",
    "--loss",
    "--participants 0",
    "--participants 100000",
    "--profile nim",
    "--set weather=1",
    "--set loss=",
    "--colour",
    "five",
  ])("refuses %s and says why", (line) => {
    expect(() => parseOptions(line.split(" "))).toThrow(UsageError);
  });

  it("names what it knows where a name is unknown", () => {
    expect(() => oneOf("scenario", "underground", ["subway", "flood"])).toThrow("Known: subway, flood.");
  });

  it("says how to see a failing seed again", () => {
    const failure = { seed: 12, message: "at most once: member 1 delivered x again" };
    expect(failureLines("core", failure)).toContain("npm run sim -- --seed 12 --trace");
    expect(failureLines("full", failure)).toContain("npm run sim -- --full --seed 12 --trace");
  });
});

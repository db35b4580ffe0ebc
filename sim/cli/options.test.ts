import { describe, expect, it } from "vitest";
import { commandOf } from "./command.ts";
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
    "--set loss=9",
    "--set loss=many",
    "--set duplication=-1",
    "--set profile=nim",
    "--set archive=true",
    "--set archive.colour=1",
    "--set archive.absent=1",
    "--set latencyMs=5",
    "--set parameters.nothing=1",
    "--colour",
    "five",
  ])("refuses %s and says why", (line) => {
    expect(() => parseOptions(line.split(" "))).toThrow(UsageError);
  });

  it.each([
    ["--seeds 5 --first 2 --jobs 2", "swarm"],
    ["--full --seeds 5", "fullSwarm"],
    ["--full --seed 5 --trace", "fullSeed"],
    ["--seed 5 --trace --loss 0.2 --set parameters.lostAfterMs=1000", "seed"],
    ["--seed 5 --shrink --mutation asks-once --only 1,2", "seed"],
    ["--scenario subway --participants 4 --loss 0.1 --profile sds --seed 3", "scenario"],
    ["--mutations --mutation asks-once --searches 2", "mutations"],
    ["--crash-points --storage dexie --script hole --write 3 --moment during", "crashPoints"],
    ["--differential --seeds 3", "differential"],
    ["--costs --participants 8", "costs"],
    ["--figures", "figures"],
    ["--targets --participants 5", "targets"],
    ["--seed 7 --follow #3 --loss 0.2", "follow"],
    ["--follow --seed 7", "follow"],
    ["--seed 7 --follow", "follow"],
    ["--seed 5 --help", "help"],
  ])("knows what %s asks for", (line, command) => {
    expect(commandOf(parseOptions(line.split(" ")))).toBe(command);
  });

  it.each([
    ["--shrink", "--shrink"],
    ["--seeds 5 --trace", "--trace"],
    ["--seeds 5 --loss 0.5", "--loss"],
    ["--mutation asks-once", "--mutation"],
    ["--seed 5 --seeds 7", "--seeds"],
    ["--scenario subway --shrink", "--shrink"],
    ["--full --seeds 2 --loss 0", "--loss"],
    ["--figures --costs", "--costs"],
    ["--targets --loss 0.2", "--loss"],
    ["--follow 3", "--follow"],
    ["--seed 5 --follow 3 --trace", "--trace"],
  ])("refuses %s, since %s would change nothing", (line, option) => {
    expect(() => commandOf(parseOptions(line.split(" ")))).toThrow(`${option}: no effect on `);
  });

  it("follows what is named, or lists what there is", () => {
    expect(parseOptions(["--seed", "7", "--follow", "#3"]).follow).toBe("#3");
    for (const line of ["--follow --seed 7", "--seed 7 --follow"]) {
      expect(parseOptions(line.split(" "))).toMatchObject({ seed: 7, follow: "" });
    }
    expect(parseOptions(["--seed", "7"]).follow).toBe(undefined);
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

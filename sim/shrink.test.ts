import { expect, it } from "vitest";
import { parseSettings } from "./cli/settings-option.ts";
import type { Settings } from "./core/script/settings.ts";
import { receivedSatisfies } from "./mutations/ordering.ts";
import { planOf, runSeed } from "./run-seed.ts";
import { shrink } from "./shrink.ts";

it("a seed that fails becomes a small script that breaks the same promise, and the command that runs it", () => {
  const mutation = receivedSatisfies;
  const seed = firstFailure(mutation);
  const shrunk = shrink(seed, { mutation });
  expect(shrunk?.invariant).toBe("causes first");
  const { only = [], settings = {}, command = "" } = shrunk ?? {};
  expect(only.length).toBeLessThan(planOf(seed).actions.length / 2);
  expect(command).toContain(`npm run sim -- --seed ${seed} --mutation received-satisfies --only ${only.join(",")}`);
  expect(runSeed(seed, { mutation, settings, only: new Set(only) }).violation?.invariant).toBe("causes first");
  expect(runSeed(seed, { settings, only: new Set(only) }).violation).toBeNull();
});

it("the command keeps what was overruled: the script that is left is one of that world", () => {
  const mutation = receivedSatisfies;
  const asked: Partial<Settings> = { loss: 0.4, archive: { absent: true, lagMs: 0, omission: 0 } };
  const seed = firstFailure(mutation, asked);
  const { only = [], command = "" } = shrink(seed, { mutation, settings: asked }) ?? {};
  const set = / --set (\S+)$/.exec(command)?.[1] ?? "";
  expect(set).toContain("archive.absent=true");
  const again = runSeed(seed, { mutation, settings: parseSettings(set), only: new Set(only) });
  expect(again.violation?.invariant).toBe("causes first");
});

it("a seed that breaks nothing is not shrunk", () => {
  expect(shrink(3, {})).toBeNull();
});

function firstFailure(mutation: typeof receivedSatisfies, settings: Partial<Settings> = {}): number {
  for (let seed = 100_001; seed < 100_100; seed++) {
    if (runSeed(seed, { mutation, settings }).violation?.invariant === "causes first") return seed;
  }
  throw new Error("The mutation was not found.");
}

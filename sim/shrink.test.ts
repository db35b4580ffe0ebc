import { expect, it } from "vitest";
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

it("a seed that breaks nothing is not shrunk", () => {
  expect(shrink(3, {})).toBeNull();
});

function firstFailure(mutation: typeof receivedSatisfies): number {
  for (let seed = 100_001; seed < 100_100; seed++) {
    if (runSeed(seed, { mutation }).violation?.invariant === "causes first") return seed;
  }
  throw new Error("The mutation was not found.");
}

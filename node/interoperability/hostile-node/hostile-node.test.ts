import "../../polyfills.ts";
import { afterEach, expect, test } from "vitest";
import { createBench } from "./bench.ts";
import { SCENARIOS } from "./scenarios.ts";

const bench = createBench();

afterEach(() => bench.end());

/** `npm run check:node` runs the same and says more. */
test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))("%s", async (_name, scenario) => {
  const { misses } = await scenario.run(bench);
  expect(misses).toEqual([]);
});

import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import type { Action } from "../core/script/script.ts";
import { CALM, type Settings } from "../core/script/settings.ts";
import { runPlan, type SeedResult } from "../run-seed.ts";
import type { Scenario } from "./scenario.ts";

/** Runs a scenario with other settings where they are given; the same seed gives the same run. */
export function runScenario(
  { settings: own, actions, heals, expect }: Scenario,
  options: {
    readonly seed?: number;
    readonly settings?: Partial<Settings>;
    readonly print?: (line: string) => void;
  } = {},
): SeedResult {
  const { seed = 1, print } = options;
  const settings: Settings = { ...CALM, messages: 0, ...own, ...options.settings, seed };
  const random = createSeededRandom(seed + 0.75);
  const script = withJoins(
    actions(settings, () => random.next()),
    settings.participants,
  );
  return runPlan(
    { settings, actions: script },
    { ...(print === undefined ? {} : { print }), ...(expect === undefined ? {} : { expect }), heals: heals ?? true },
  );
}

function withJoins(actions: readonly Action[], participants: number): Action[] {
  const late = new Set(actions.flatMap((action) => (action.kind === "join" ? [action.member] : [])));
  const joins = Array.from({ length: participants }, (_, member): Action => ({ at: 0, kind: "join", member }));
  const others = joins.filter((join) => join.kind === "join" && !late.has(join.member));
  return [...others, ...actions].sort((a, b) => a.at - b.at);
}

import { BY_NAME_ONLY, SCENARIOS } from "../scenarios/all-scenarios.ts";
import { runScenario } from "../scenarios/run-scenario.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { type Options, oneOf } from "./options.ts";
import { printer, showResult } from "./output.ts";
import { UsageError } from "./usage-error.ts";

/** One named world, or `all` of them but those that are only run by name. */
export function scenarios(name: string, options: Options): void {
  const { seed, settings } = options;
  for (const scenario of chosen(name)) {
    checkParticipants(scenario, settings.participants);
    const startedAt = performance.now();
    const result = runScenario(scenario, { ...(seed === undefined ? {} : { seed }), settings, ...printer(options) });
    const seconds = Number(((performance.now() - startedAt) / 1_000).toFixed(1));
    showResult({ scenario: scenario.name, seconds }, result);
  }
}

function chosen(name: string): readonly Scenario[] {
  if (name === "all") return SCENARIOS.filter((scenario) => !BY_NAME_ONLY.has(scenario.name));
  const known = oneOf("scenario", name, ["all", ...SCENARIOS.map((scenario) => scenario.name)]);
  return SCENARIOS.filter((scenario) => scenario.name === known);
}

function checkParticipants({ name, people: [least, most] }: Scenario, participants: number | undefined): void {
  if (participants === undefined || (participants >= least && participants <= most)) return;
  const range =
    least === most
      ? `exactly ${least}`
      : most === Number.POSITIVE_INFINITY
        ? `at least ${least}`
        : `${least} to ${most}`;
  throw new UsageError(`--participants ${participants}: the scenario ${name} is for ${range}.`);
}

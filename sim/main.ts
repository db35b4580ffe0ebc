/**
 * `npm run sim`: the protocol in simulated worlds. The last line is JSON.
 *
 *   --seeds N [--first N]         a swarm of worlds; stops after 10 violations
 *   --seed N [--trace] [--shrink] one world, again; all that happens in it; the smallest script that still fails
 *     [--only 3,7,12] [--set loss=0,duplication=0]   with these actions of its script; with other settings
 *   --full [--seeds N | --seed N]  the same on the real channel: signatures, encryption, storage; some worlds a minute
 *   --crash-points [--script NAME] a crash at every write; one of them with --write K --moment before|after --keep N
 *   --differential [--seed N]     ours and @waku/sds in one channel, without loss and with up to 20 %
 *   --figures                     how fast, how much traffic, for groups of 2 to 50
 *   --mutations [--mutation NAME] defects put in on purpose, and how many seeds it takes to find each
 *   --seed N --mutation NAME      one world with such a defect
 *   --scenario NAME|all [--participants P] [--loss X] [--profile sds|community] [--seed N] [--trace] [--set ...]
 */
import { parseArgs } from "node:util";
import type { Settings } from "./core/settings.ts";
import { runCrashPoint, runCrashPoints } from "./crash-points/run-crash-points.ts";
import { CRASH_SCRIPTS } from "./crash-points/scripts.ts";
import { runDifferential } from "./differential/run-differential.ts";
import { busyGroup, idleDay, timeToReceipts } from "./figures/figures.ts";
import { runFullSeed } from "./full/run-full.ts";
import { MUTATIONS } from "./mutations/all-mutations.ts";
import { findMutation } from "./mutations/find.ts";
import { runSeed, type SeedOptions, type SeedResult } from "./run-seed.ts";
import { BY_NAME_ONLY, SCENARIOS } from "./scenarios/all-scenarios.ts";
import { runScenario } from "./scenarios/run-scenario.ts";
import { parseSettings } from "./settings-option.ts";
import { shrink } from "./shrink.ts";
import { runFullSwarm, runSwarm } from "./swarm.ts";

const MAX_VIOLATIONS = 10;
/** Places from which a defect is searched for, and seeds from each. */
const SEARCHES = 10;
const MOST_SEEDS = 100;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
    only: { type: "string" },
    set: { type: "string" },
    scenario: { type: "string" },
    full: { type: "boolean", default: false },
    "crash-points": { type: "boolean", default: false },
    differential: { type: "boolean", default: false },
    figures: { type: "boolean", default: false },
    script: { type: "string" },
    write: { type: "string" },
    moment: { type: "string", default: "before" },
    keep: { type: "string", default: "Infinity" },
    mutations: { type: "boolean", default: false },
    mutation: { type: "string" },
    participants: { type: "string" },
    loss: { type: "string" },
    profile: { type: "string" },
  },
});

function settings(): Partial<Settings> {
  const { participants, loss, profile } = values;
  if (profile !== undefined && profile !== "sds" && profile !== "community") throw new Error("--profile sds|community");
  return {
    ...parseSettings(values.set ?? ""),
    ...(participants === undefined ? {} : { participants: Number(participants) }),
    ...(loss === undefined ? {} : { loss: Number(loss) }),
    ...(profile === undefined ? {} : { profile }),
  };
}

function print(): Pick<SeedOptions, "print"> {
  return values.trace ? { print: (line) => console.log(line) } : {};
}

function show(name: object, { violation, ...rest }: SeedResult): void {
  console.log(JSON.stringify({ ...name, ...rest, violation: violation?.message ?? null }));
  if (violation !== null) process.exitCode = 1;
}

function one(seed: number): void {
  const only = values.only === undefined ? {} : { only: new Set(values.only.split(",").filter(Boolean).map(Number)) };
  const mutation = MUTATIONS.find(({ name }) => name === values.mutation) ?? null;
  const options = { settings: settings(), mutation, ...only };
  if (values.shrink) for (const line of shrink(seed, options)) console.log(line);
  else show({}, runSeed(seed, { ...options, ...print() }));
}

function scenario(name: string): void {
  const chosen = SCENARIOS.filter((one) => (name === "all" ? !BY_NAME_ONLY.has(one.name) : one.name === name));
  if (chosen.length === 0) {
    console.error(`Unknown scenario ${name}. Scenarios: ${SCENARIOS.map((one) => one.name).join(", ")}`);
    process.exit(2);
  }
  for (const one of chosen) {
    const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
    show({ scenario: one.name }, runScenario(one, { ...seed, settings: settings(), ...print() }));
  }
}

function swarm(first: number, count: number): void {
  let violations = 0;
  const summary = runSwarm(first, count, ({ seed, violation }) => {
    if (violation === null) return true;
    console.log(`seed ${seed}: ${violation.message}\n  npm run sim -- --seed ${seed} --trace`);
    return ++violations < MAX_VIOLATIONS;
  });
  console.log(JSON.stringify(summary));
  process.exitCode = summary.violations === 0 ? 0 : 1;
}

function mutations(): void {
  for (const mutation of MUTATIONS) {
    if (values.mutation !== undefined && mutation.name !== values.mutation) continue;
    const found = findMutation(mutation, SEARCHES, MOST_SEEDS);
    console.log(JSON.stringify(found));
    if (found.found < found.searches) process.exitCode = 1;
  }
}

async function full(): Promise<void> {
  if (values.seed !== undefined) {
    show({}, await runFullSeed(Number(values.seed), { settings: settings(), ...print() }));
    return;
  }
  const summary = await runFullSwarm(Number(values.first), Number(values.seeds ?? 20), ({ seed, violation }) => {
    if (violation !== null)
      console.log(`seed ${seed}: ${violation.message}\n  npm run sim -- --full --seed ${seed} --trace`);
  });
  console.log(JSON.stringify(summary));
  process.exitCode = summary.violations === 0 ? 0 : 1;
}

async function crashPoints(): Promise<void> {
  for (const script of CRASH_SCRIPTS) {
    if (values.script !== undefined && script.name !== values.script) continue;
    if (values.write !== undefined) {
      const moment = values.moment === "after" ? "after" : "before";
      const point = { write: Number(values.write), moment, keep: Number(values.keep) } as const;
      const violation = await runCrashPoint(script, point, print().print);
      console.log(JSON.stringify({ script: script.name, ...point, violation: violation?.message ?? null }));
      continue;
    }
    const summary = await runCrashPoints(script, ({ write, moment, keep }, { message }) => {
      console.log(`${script.name}, write ${write}, ${moment}, keep ${keep}: ${message}`);
      console.log(
        `  npm run sim -- --crash-points --script ${script.name} --write ${write} --moment ${moment} --keep ${keep} --trace`,
      );
    });
    console.log(JSON.stringify(summary));
    if (summary.violations > 0) process.exitCode = 1;
  }
}

async function differential(): Promise<void> {
  for (const loss of [0, 0.1, 0.2]) console.log(JSON.stringify(await runDifferential(Number(values.seed ?? 1), loss)));
}

function figures(): void {
  const say = (figure: string, row: object): void => console.log(JSON.stringify({ figure, ...row }));
  for (const loss of [0, 0.2]) say("busy", busyGroup(20, loss, 1));
  for (const participants of [2, 5, 20, 50]) {
    const [runs, perRun] = participants > 20 ? [2, 150] : [6, 20 * participants];
    say("receipts, each writes every 15 s", timeToReceipts(participants, 15_000 / participants, runs, perRun));
    say("receipts, one message every 5 min", timeToReceipts(participants, 300_000, runs, 20));
  }
  for (const participants of [2, 5, 20, 50]) say("idle", idleDay(participants, 1));
}

if (values.figures) figures();
else if (values.differential) await differential();
else if (values["crash-points"]) await crashPoints();
else if (values.full) await full();
else if (values.mutations) mutations();
else if (values.scenario !== undefined) scenario(values.scenario);
else if (values.seed !== undefined) one(Number(values.seed));
else swarm(Number(values.first), Number(values.seeds ?? 100));

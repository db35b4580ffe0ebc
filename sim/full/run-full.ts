import { checkConverged, checkNothingWaits, longestEmbargo } from "../core/invariants/end.ts";
import { Violation } from "../core/report/violation.ts";
import { type Action, drawScript } from "../core/script/script.ts";
import { drawSettings, type Settings } from "../core/script/settings.ts";
import type { SeedResult } from "../run-seed.ts";
import { FullWorld, type FullWorldOptions } from "./full-world.ts";

const MINUTE = 60_000;
const CONVERGE_MS = 6 * 60 * MINUTE;
const CHECK_EVERY_MS = 2 * MINUTE;

/** Signatures are real here and cost a millisecond each, so worlds are small. */
export function fullSettings(seed: number, overruled: Partial<Settings> = {}): Settings {
  const drawn = drawSettings(seed);
  return {
    ...drawn,
    participants: Math.min(4, drawn.participants),
    hostile: Math.min(1, drawn.hostile),
    profile: "community",
    messages: Math.min(16, drawn.messages),
    durationMs: Math.min(20 * MINUTE, drawn.durationMs),
    loss: Math.min(0.35, drawn.loss),
    lateJoiners: Math.min(1, drawn.lateJoiners),
    ...overruled,
    seed,
  };
}

/** One world on the real channel, from beginning to end. */
export function runFullSeed(
  seed: number,
  {
    settings: overruled,
    ...options
  }: Pick<FullWorldOptions, "print" | "parts"> & { readonly settings?: Partial<Settings> } = {},
): Promise<SeedResult> {
  const settings = fullSettings(seed, overruled);
  return runFullPlan({ settings, ...options }, drawScript(settings));
}

export async function runFullPlan(options: FullWorldOptions, actions: readonly Action[]): Promise<SeedResult> {
  const { settings } = options;
  const world = new FullWorld(options);
  let violation: Violation | null = null;
  try {
    world.play(actions);
    await world.run(settings.durationMs);
    await converge(world);
    world.observer.checkAll();
    await world.close();
  } catch (error) {
    violation = error instanceof Violation ? error : new Violation("step never throws", describe(error));
    options.print?.(`VIOLATION ${violation.message}`);
  }
  return {
    ...{ seed: settings.seed, violation, traceHash: world.trace.hash, virtualMs: world.now() },
    bytes: { sds: 0, payload: 0, frames: 0 },
    counts: world.observer.counts,
    faults: faultsOf(world, actions),
  };
}

async function converge(world: FullWorld): Promise<void> {
  await world.heal();
  const patience = CONVERGE_MS + longestEmbargo(world, world.epoch + world.now());
  for (let waited = 0; ; waited += CHECK_EVERY_MS) {
    // A planned crash may come this late.
    const asleep = world.members.find((member) => !member.running);
    const left = asleep === undefined ? checkConverged(world) : new Violation("boots again", `member ${asleep.index}`);
    if (left === null) break;
    if (waited >= patience) throw left;
    await world.run(CHECK_EVERY_MS);
  }
  await world.run(11 * MINUTE);
  checkNothingWaits(world);
}

function faultsOf(world: FullWorld, actions: readonly Action[]): SeedResult["faults"] {
  const count = (test: (action: Action) => boolean): number => actions.filter(test).length;
  return {
    lost: world.air.faults.lost,
    duplicated: world.air.faults.duplicated,
    offline: count(({ kind }) => kind === "offline"),
    kills: count((action) => action.kind === "kill" && action.keep === null),
    powerCuts: count((action) => action.kind === "kill" && action.keep !== null),
    partitions: count(({ kind }) => kind === "partition"),
    clockJumps: count(({ kind }) => kind === "clock-jump"),
    archiveOutages: count(({ kind }) => kind === "archive-outage"),
    hostile: count(({ kind }) => kind === "hostile"),
    lateJoiners: count((action) => action.kind === "join" && action.at > 0),
    deletions: count(({ kind }) => kind === "delete"),
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

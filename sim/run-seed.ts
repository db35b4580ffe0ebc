import { checkConverged, checkNothingWaits, longestEmbargo, noiseOf } from "./core/invariants/end.ts";
import type { Mutation } from "./core/members/mutation.ts";
import type { Watcher } from "./core/members/surroundings.ts";
import type { Counts } from "./core/oracle.ts";
import { Violation } from "./core/report/violation.ts";
import { type Action, drawScript } from "./core/script/script.ts";
import { drawSettings, type Settings } from "./core/script/settings.ts";
import { type Faults, World } from "./core/world.ts";

const MINUTE = 60_000;
/** Longest time given to a healed world to agree; messages are asked for up to 24 h after they were said. */
const CONVERGE_MS = 14 * 60 * MINUTE;
const CHECK_EVERY_MS = 5 * MINUTE;
/** Then it must become quiet, and be so for this long. What liars left is given up meanwhile. */
const SETTLE_MS = 45 * MINUTE;
const QUIET_MS = 60 * MINUTE;
const MOST_HOURS_TO_CALM = 6;

export interface SeedOptions {
  readonly mutation?: Mutation | null;
  readonly print?: (line: string) => void;
  /** Somebody who looks closely, and changes nothing. */
  readonly watch?: (world: World) => Watcher | null;
  readonly settings?: Partial<Settings>;
  /** Only these actions of the script, by index. */
  readonly only?: ReadonlySet<number>;
  /** False: the world is left as it is at the end, and need not agree. Default true. */
  readonly heals?: boolean;
  /** Checks more at the end; throws a `Violation`. */
  readonly expect?: (world: World) => void;
}

export interface SeedResult {
  readonly seed: number;
  readonly violation: Violation | null;
  readonly traceHash: string;
  readonly virtualMs: number;
  /** Bytes that all together published: SDS messages, and payloads after encryption and padding. */
  readonly bytes: { readonly sds: number; readonly payload: number; readonly frames: number };
  readonly counts: Counts;
  readonly faults: Faults;
}

export interface Plan {
  readonly settings: Settings;
  readonly actions: readonly Action[];
}

/** What the seed says, with what was overruled. Indexes of `only` are those of the seed's own script. */
export function planOf(seed: number, { settings: overruled = {}, only }: SeedOptions = {}): Plan {
  const settings = { ...drawSettings(seed), ...overruled, seed };
  const actions = drawScript({ ...drawSettings(seed), ...onlyShape(overruled), seed });
  return { settings, actions: only === undefined ? actions : actions.filter((_, index) => only.has(index)) };
}

/** What a script is drawn from. Overruling the weather must not change what people do. */
function onlyShape(overruled: Partial<Settings>): Partial<Settings> {
  const { participants, hostile } = overruled;
  return { ...(participants === undefined ? {} : { participants }), ...(hostile === undefined ? {} : { hostile }) };
}

export function runSeed(seed: number, options: SeedOptions = {}): SeedResult {
  return runPlan(planOf(seed, options), options);
}

export function runPlan({ settings, actions }: Plan, options: SeedOptions = {}): SeedResult {
  const { mutation = null, print, watch, heals = true, expect } = options;
  const world = new World({
    ...{ settings, mutation },
    ...(print === undefined ? {} : { print }),
    ...(watch === undefined ? {} : { watch }),
  });
  let violation: Violation | null = null;
  try {
    world.play(actions);
    world.run(settings.durationMs);
    world.observer.checkAll();
    if (heals) converge(world);
    expect?.(world);
    world.observer.checkAll();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error;
    print?.(`VIOLATION ${error.message}`);
  }
  return {
    seed: settings.seed,
    violation,
    traceHash: world.trace.hash,
    virtualMs: world.now(),
    bytes: world.bytes,
    counts: world.observer.counts,
    faults: world.faults,
  };
}

/** All come back; then, however much is lost, everything arrives everywhere, and then it becomes quiet. */
function converge(world: World): void {
  world.heal();
  const patience = CONVERGE_MS + longestEmbargo(world, world.epoch + world.now());
  for (let waited = 0; ; waited += CHECK_EVERY_MS) {
    const left = checkConverged(world);
    if (left === null) break;
    if (waited >= patience) throw left;
    world.run(CHECK_EVERY_MS);
  }
  world.run(SETTLE_MS);
  checkNothingWaits(world);
  // Liars leave messages that only syncs name, and a newcomer gets older ones than it is owed; to come by the last of them
  // takes its time.
  const { counts } = world.observer;
  for (let hour = 1; ; hour++) {
    const [frames, deliveries] = [world.bytes.frames, counts.deliveries];
    world.run(QUIET_MS);
    const noise = noiseOf(world, world.bytes.frames - frames, QUIET_MS);
    if (noise === null) return;
    const mayStillCalm = counts.deliveries > deliveries || world.settings.hostile > 0;
    if (!mayStillCalm || hour === MOST_HOURS_TO_CALM) throw noise;
  }
}

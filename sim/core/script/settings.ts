import { createSeededRandom } from "../../../src/runtime/seeded-random.ts";
import type { ChannelParameters } from "../../../src/sds/parameters/parameters.ts";
import type { ArchiveSettings } from "../network/archive.ts";

/** The weather of one world. Everything in it follows from the seed, and can be overruled. */
export interface Settings {
  readonly seed: number;
  readonly participants: number;
  /** Members besides who lie as well as their key allows. */
  readonly hostile: number;
  readonly profile: "community" | "sds";
  /** Chance that one receiver misses one frame; each link has its own, around this. */
  readonly loss: number;
  readonly duplication: number;
  /** Shortest and longest way of a frame. */
  readonly latencyMs: readonly [number, number];
  readonly archive: ArchiveSettings;
  /** Chance that publishing fails, or seems to. */
  readonly publishFailure: number;
  /** Longest time that a strict write takes. */
  readonly syncMs: number;
  /** Clocks are off by up to this, and run too fast or slow by up to this. */
  readonly clockOffsetMs: number;
  readonly driftPpm: number;
  /** Share of people who say yes when they are asked to go by the others' clocks. */
  readonly clockYes: number;
  /** How long people write and things go wrong. Afterwards all come back, and loss goes on. */
  readonly durationMs: number;
  readonly messages: number;
  /** How often of each: offline periods, kills, power cuts, partitions, clock jumps, Store outages, hostile acts. */
  readonly offline: number;
  readonly kills: number;
  readonly powerCuts: number;
  readonly partitions: number;
  readonly clockJumps: number;
  readonly archiveOutages: number;
  readonly hostileActs: number;
  readonly lateJoiners: number;
  /** How often somebody deletes the message it wrote last. */
  readonly deletions: number;
  /** So many members, the first ones, are busy: each frame that is pushed to them takes up to so long to be taken in. */
  readonly busy: number;
  readonly intakeMs: number;
  readonly parameters: Partial<ChannelParameters>;
}

const MINUTE = 60_000;

export const CALM: Settings = {
  seed: 0,
  participants: 3,
  hostile: 0,
  profile: "community",
  loss: 0,
  duplication: 0,
  latencyMs: [20, 400],
  archive: { absent: false, lagMs: 500, omission: 0 },
  publishFailure: 0,
  syncMs: 10,
  clockOffsetMs: 0,
  driftPpm: 0,
  clockYes: 0,
  durationMs: 10 * MINUTE,
  messages: 20,
  offline: 0,
  kills: 0,
  powerCuts: 0,
  partitions: 0,
  clockJumps: 0,
  archiveOutages: 0,
  hostileActs: 0,
  lateJoiners: 0,
  deletions: 0,
  busy: 0,
  intakeMs: 0,
  parameters: {},
};

/**
 * Swarm testing: each seed switches each kind of fault on or off, since faults that are always on hide what only shows
 * without them.
 */
export function drawSettings(seed: number): Settings {
  const random = createSeededRandom(seed);
  const next = (): number => random.next();
  const chance = (share: number): boolean => next() < share;
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const some = (share: number, most: number): number => (chance(share) ? whole(1, most) : 0);
  const participants = chance(0.06) ? whole(9, 20) : whole(2, 7);
  const hostile = some(0.3, 2);
  const latency = chance(0.5) ? whole(100, 800) : whole(800, 6_000);
  return {
    seed,
    participants,
    hostile,
    profile: chance(0.06) ? "sds" : "community",
    loss: chance(0.2) ? 0 : next() * (chance(0.2) ? 0.6 : 0.35),
    duplication: chance(0.5) ? 0 : next() * 0.3,
    latencyMs: [whole(5, 80), latency],
    archive: drawArchive(chance, next),
    publishFailure: chance(0.3) ? next() * 0.3 : 0,
    syncMs: chance(0.5) ? 4 : whole(5, 400),
    clockOffsetMs: chance(0.4) ? whole(1, 240_000) : 0,
    driftPpm: chance(0.3) ? whole(1, 2_000) : 0,
    durationMs: whole(4, chance(0.2) ? 180 : 50) * MINUTE,
    messages: whole(5, chance(0.2) ? 120 : 40),
    offline: some(0.5, 8),
    kills: some(0.4, 6),
    powerCuts: some(0.4, 6),
    partitions: some(0.25, 3),
    clockJumps: some(0.2, 3),
    archiveOutages: some(0.3, 3),
    hostileActs: hostile === 0 ? 0 : whole(1, 25),
    lateJoiners: some(0.25, 2),
    parameters: chance(0.12) ? { budgetPerTenMinutes: whole(20, 60) } : {},
    deletions: some(0.25, 4),
    clockYes: chance(0.5) ? 1 : chance(0.5) ? 0.5 : 0,
    busy: some(0.15, participants),
    intakeMs: whole(20, chance(0.3) ? 2_000 : 300),
  };
}

function drawArchive(chance: (share: number) => boolean, next: () => number): ArchiveSettings {
  if (chance(0.4)) return { absent: true, lagMs: 0, omission: 0 };
  return {
    absent: false,
    lagMs: chance(0.5) ? 200 : Math.floor(next() * 120_000),
    omission: chance(0.6) ? 0 : next() * 0.5,
  };
}

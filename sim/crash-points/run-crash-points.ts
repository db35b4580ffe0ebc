import { createFaultyStorage, type FaultyStorage } from "../../src/storage/memory/faulty-storage.ts";
import type { ChannelStorage } from "../../src/storage/port.ts";
import type { Violation } from "../core/report/violation.ts";
import type { FullMember } from "../full/full-member.ts";
import type { FullWorld, FullWorldOptions } from "../full/full-world.ts";
import { createMemoryDeviceDisk } from "../full/memory-device-disk.ts";
import { runFullPlan } from "../full/run-full.ts";
import { createBreakingStorage } from "./breaking-storage.ts";
import { createDexieDeviceDisk, type DexieDeviceDisk } from "./dexie-device-disk.ts";
import { checkFolded, FOLDS_OFTEN } from "./folded.ts";
import type { CrashScript } from "./scripts.ts";
import { createStuckStorage } from "./stuck-storage.ts";

/** Dead for so long before it boots again. */
const DEAD_MS = 1_500;
/** Longer than a frame that left is on its way. */
const WAITING_MS = 1_000;

/**
 * "waiting": the write is under way for so long that whatever does not wait for it has happened, then the process dies without it.
 * "during": the transaction was begun, some of it was written, and it is broken off. Only a database has that.
 */
export type Moment = "before" | "waiting" | "during" | "after";

export interface CrashPoint {
  /** Counted from 1, over the first life of member 0. */
  readonly write: number;
  readonly moment: Moment;
  /** Of the commits that were not synced only the first so many stay; Infinity is a kill without a power cut. */
  readonly keep: number;
}

export type CrashStorage = "memory" | "dexie";

const KILL = Number.POSITIVE_INFINITY;
const MEMORY_KINDS: readonly Omit<CrashPoint, "write">[] = [
  { moment: "before", keep: KILL },
  { moment: "before", keep: 0 },
  { moment: "waiting", keep: 0 },
  { moment: "after", keep: KILL },
  { moment: "after", keep: 0 },
  { moment: "after", keep: 1 },
];
const KINDS: Record<CrashStorage, readonly Omit<CrashPoint, "write">[]> = {
  memory: MEMORY_KINDS,
  dexie: [...MEMORY_KINDS, { moment: "during", keep: KILL }, { moment: "during", keep: 1 }],
};

/** `parts`: of each member's channel, with a planted breach. */
export type ScriptOptions = Pick<FullWorldOptions, "print" | "parts">;

export interface CrashSummary {
  readonly script: string;
  readonly storage: CrashStorage;
  readonly writes: number;
  readonly runs: number;
  readonly violations: number;
}

/** How often member 0 writes in its first life when nothing goes wrong. */
export async function countWrites(script: CrashScript, storage: CrashStorage): Promise<number> {
  let counting: FaultyStorage | null = null;
  await runScript(script, storage, (member, inner) => {
    if (member.index !== 0 || member.lives > 1) return inner;
    counting = createFaultyStorage(inner, {});
    return counting;
  });
  return (counting as FaultyStorage | null)?.writes ?? 0;
}

/** A crash of every kind at every write. */
export async function runCrashPoints(
  script: CrashScript,
  storage: CrashStorage,
  onViolation: (point: CrashPoint, violation: Violation) => void,
): Promise<CrashSummary> {
  const writes = await countWrites(script, storage);
  let [runs, violations] = [0, 0];
  for (let write = 1; write <= writes; write++) {
    for (const kind of KINDS[storage]) {
      const point = { write, ...kind };
      try {
        const violation = await runCrashPoint(script, storage, point);
        runs++;
        if (violation === null) continue;
        violations++;
        onViolation(point, violation);
      } catch (error) {
        if (!(error instanceof NoSuchWrite) || storage !== "dexie" || write < writes - GROUPED_OTHERWISE) throw error;
      }
    }
  }
  return { script: script.name, storage, writes, runs, violations };
}

/**
 * The database works in real time, and what is to be written meanwhile goes into the next transaction: on a busy machine a
 * run may group its changes otherwise, and have a write less than was counted.
 */
const GROUPED_OTHERWISE = 2;

/** The script ended before this write, so nothing crashed. */
export class NoSuchWrite extends Error {
  override readonly name = "NoSuchWrite";
}

/** Runs the script with member 0 dying at this write; it boots again and all promises must hold. */
export async function runCrashPoint(
  script: CrashScript,
  storage: CrashStorage,
  { write, moment, keep }: CrashPoint,
  options: ScriptOptions = {},
): Promise<Violation | null> {
  let crashed = false;
  const violation = await runScript(
    script,
    storage,
    (member, inner, world) => {
      if (member.index !== 0 || member.lives > 1) return inner;
      const { tracked } = member;
      const kill = (): void => {
        crashed = true;
        world.kill(member, DEAD_MS, null);
      };
      const powerCut = (): void => {
        tracked.crash(keep);
        kill();
      };
      if (moment === "waiting") {
        return createStuckStorage(inner, { write, onStuck: () => world.clock.schedule(WAITING_MS, powerCut) });
      }
      if (moment !== "during") {
        const disk = { crash: (left = 0) => tracked.crash(left) };
        return createFaultyStorage(inner, { crash: { write, moment, disk, keep, onCrash: kill } });
      }
      const { device } = tracked;
      if (!("breakOff" in device)) throw new Error("Memory has no transactions to break off.");
      return createBreakingStorage(inner, { write, disk: device as DexieDeviceDisk, onCrash: powerCut });
    },
    options,
  );
  if (!crashed && violation === null)
    throw new NoSuchWrite(`${script.name} has no write ${write}, so nothing crashed.`);
  return violation;
}

async function runScript(
  { settings, actions, folds = false }: CrashScript,
  storage: CrashStorage,
  wrapStorage: (member: FullMember, inner: ChannelStorage, world: FullWorld) => ChannelStorage,
  options: ScriptOptions = {},
): Promise<Violation | null> {
  const createDisk = (member: number) =>
    storage === "dexie" && member === 0 ? createDexieDeviceDisk() : createMemoryDeviceDisk();
  let dying: readonly [FullMember, FullWorld] | null = null;
  const { violation } = await runFullPlan(
    {
      ...{ settings, createDisk, parts: folds ? FOLDS_OFTEN : {}, ...options },
      wrapStorage: (member, inner, world) => {
        if (member.index === 0) dying = [member, world];
        return wrapStorage(member, inner, world);
      },
    },
    actions,
  );
  if (violation !== null || dying === null) return violation;
  const [member, { channelId }] = dying as readonly [FullMember, FullWorld];
  return checkFolded(member, channelId, folds);
}

import { createFaultyStorage, type FaultyStorage } from "../../src/storage/memory/faulty-storage.ts";
import type { ChannelStorage } from "../../src/storage/port.ts";
import type { Violation } from "../core/violation.ts";
import type { FullMember } from "../full/full-member.ts";
import type { FullWorld } from "../full/full-world.ts";
import { runFullPlan } from "../full/run-full.ts";
import type { CrashScript } from "./scripts.ts";

/** Dead for so long before it boots again. */
const DEAD_MS = 1_500;

export interface CrashPoint {
  /** Counted from 1, over the first life of member 0. */
  readonly write: number;
  readonly moment: "before" | "after";
  /** Of the commits that were not synced only the first so many stay; Infinity is a kill without a power cut. */
  readonly keep: number;
}

const KINDS: readonly Omit<CrashPoint, "write">[] = [
  { moment: "before", keep: Number.POSITIVE_INFINITY },
  { moment: "before", keep: 0 },
  { moment: "after", keep: Number.POSITIVE_INFINITY },
  { moment: "after", keep: 0 },
  { moment: "after", keep: 1 },
];

export interface CrashSummary {
  readonly script: string;
  readonly writes: number;
  readonly runs: number;
  readonly violations: number;
}

/** How often member 0 writes in its first life when nothing goes wrong. */
export async function countWrites(script: CrashScript): Promise<number> {
  let storage: FaultyStorage | null = null;
  await runScript(script, (member, inner) => {
    if (member.index !== 0 || member.lives > 1) return inner;
    storage = createFaultyStorage(inner, {});
    return storage;
  });
  return (storage as FaultyStorage | null)?.writes ?? 0;
}

export async function runCrashPoints(
  script: CrashScript,
  onViolation: (point: CrashPoint, violation: Violation) => void,
): Promise<CrashSummary> {
  const writes = await countWrites(script);
  let [runs, violations] = [0, 0];
  for (let write = 1; write <= writes; write++) {
    for (const kind of KINDS) {
      const point = { write, ...kind };
      const violation = await runCrashPoint(script, point);
      runs++;
      if (violation === null) continue;
      violations++;
      onViolation(point, violation);
    }
  }
  return { script: script.name, writes, runs, violations };
}

/** Runs the script with member 0 dying at this write; it boots again and all promises must hold. */
export function runCrashPoint(
  script: CrashScript,
  { write, moment, keep }: CrashPoint,
  print?: (line: string) => void,
): Promise<Violation | null> {
  const wrap = (member: FullMember, inner: ChannelStorage, world: FullWorld): ChannelStorage => {
    if (member.index !== 0 || member.lives > 1) return inner;
    const disk = { ...member.tracked.memory, crash: (left = 0) => member.tracked.crash(left) };
    return createFaultyStorage(inner, {
      crash: { write, moment, disk, keep, onCrash: () => world.kill(member, DEAD_MS, null) },
    });
  };
  return runScript(script, wrap, print);
}

async function runScript(
  { settings, actions }: CrashScript,
  wrapStorage: (member: FullMember, inner: ChannelStorage, world: FullWorld) => ChannelStorage,
  print?: (line: string) => void,
): Promise<Violation | null> {
  const { violation } = await runFullPlan(
    { settings, wrapStorage, ...(print === undefined ? {} : { print }) },
    actions,
  );
  return violation;
}

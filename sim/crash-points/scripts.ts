import type { Action } from "../core/script/script.ts";
import { CALM, type Settings } from "../core/script/settings.ts";

/** What happens while member 0 writes; a crash is put at each of its writes. */
export interface CrashScript {
  readonly name: string;
  readonly settings: Settings;
  readonly actions: readonly Action[];
  /** The ledger is folded a few rows at a time. */
  readonly folds?: boolean;
}

const SECOND = 1_000;
const NO_ARCHIVE = { absent: true, lagMs: 0, omission: 0 };
const BASE: Settings = { ...CALM, seed: 1, participants: 2, latencyMs: [20, 200], syncMs: 20, messages: 0 };
const JOINS: readonly Action[] = [
  { at: 0, kind: "join", member: 0 },
  { at: 0, kind: "join", member: 1 },
];

function say(at: number, member: number, text = "hello", type = 1): Action {
  return { at, kind: "say", member, text, type };
}

export const CRASH_SCRIPTS: readonly CrashScript[] = [
  {
    name: "first-words",
    settings: { ...BASE, durationMs: 60 * SECOND },
    actions: [...JOINS, say(5 * SECOND, 0), say(9 * SECOND, 0, "and an announcement", 2)],
  },
  {
    name: "burst-offline",
    settings: { ...BASE, durationMs: 60 * SECOND },
    actions: [
      ...JOINS,
      { at: 3 * SECOND, kind: "offline", member: 0, ms: 10 * SECOND },
      ...[0, 10, 20, 30].map((more) => say(5 * SECOND + more, 0)),
    ],
  },
  {
    name: "listening",
    settings: { ...BASE, archive: NO_ARCHIVE, durationMs: 60 * SECOND },
    actions: [...JOINS, ...[5, 6, 6, 20].map((at) => say(at * SECOND, 1)), say(25 * SECOND, 0, "I heard you")],
  },
  {
    name: "catching-up",
    settings: { ...BASE, durationMs: 90 * SECOND },
    actions: [
      ...JOINS,
      { at: 3 * SECOND, kind: "offline", member: 0, ms: 30 * SECOND },
      ...[5, 8, 11, 14].map((at) => say(at * SECOND, 1)),
      say(20 * SECOND, 0, "while away"),
    ],
  },
  {
    name: "folding",
    settings: { ...BASE, durationMs: 40 * SECOND },
    actions: [...JOINS, ...[5, 8, 11].flatMap((at) => [say(at * SECOND, 0), say((at + 1) * SECOND, 1)])],
    folds: true,
  },
  {
    name: "hole",
    settings: { ...BASE, archive: NO_ARCHIVE, durationMs: 120 * SECOND, parameters: { lostAfterMs: 20 * SECOND } },
    actions: [
      ...JOINS,
      { at: 4 * SECOND, kind: "partition", sides: [0, 1], ms: 10 * SECOND },
      say(5 * SECOND, 1, "unheard"),
      { at: 7 * SECOND, kind: "stop-sending", member: 1 },
      { at: 15 * SECOND, kind: "clock-jump", member: 1, ms: 0 },
      say(16 * SECOND, 1, "heard"),
      { at: 17 * SECOND, kind: "offline", member: 1, ms: 40 * SECOND },
      say(70 * SECOND, 0, "and so on"),
    ],
  },
];

import { createSeededRandom } from "../../../src/runtime/seeded-random.ts";
import { MESSAGE_TYPE } from "../../../src/sds/parameters/message-type.ts";
import { HOSTILE_ACTS, type HostileAct } from "./hostile-acts.ts";
import type { Settings } from "./settings.ts";

/** Something that happens to the world at a time, so that a failing run can be made smaller by leaving some out. */
export type Action = { readonly at: number } & (
  | { readonly kind: "join"; readonly member: number }
  | {
      readonly kind: "say";
      readonly member: number;
      readonly text: string;
      readonly type: number;
      readonly levelPercent?: number | undefined;
    }
  | { readonly kind: "offline"; readonly member: number; readonly ms: number }
  /** Dead for `ms`. `keep` null: killed, the disk is whole; else so many of the unsynced commits survive. */
  | {
      readonly kind: "kill";
      readonly member: number;
      readonly ms: number;
      readonly keep: number | null;
      readonly lands: boolean;
    }
  | { readonly kind: "partition"; readonly sides: readonly number[]; readonly ms: number }
  | { readonly kind: "clock-jump"; readonly member: number; readonly ms: number }
  | { readonly kind: "archive-outage"; readonly ms: number }
  | { readonly kind: "stop-sending"; readonly member: number }
  /** Its newest message is deleted, whether it left or not. */
  | { readonly kind: "delete"; readonly member: number }
  | { readonly kind: "hostile"; readonly member: number; readonly act: HostileAct }
);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TEXTS = ["ok", "hi", "ok", "see you at nine", "what a lovely day it is, is it not?", "x".repeat(700)];

/** What happens in the world of these settings, in time order. */
export function drawScript(settings: Settings): Action[] {
  const random = createSeededRandom(settings.seed + 0.5);
  const next = (): number => random.next();
  const time = (): number => Math.floor(next() * settings.durationMs);
  const member = (): number => Math.floor(next() * settings.participants);
  const repeat = (count: number, make: () => Action): Action[] => Array.from({ length: count }, make);
  const length = (): number => Math.floor((next() < 0.5 ? 0.05 : 0.5) * next() * settings.durationMs);
  const burstAt = time();
  const actions: Action[] = [
    ...joins(settings, time),
    ...repeat(settings.messages, () => {
      const at = next() < 0.2 ? burstAt + Math.floor(next() * 300) : time();
      const text = TEXTS[Math.floor(next() * TEXTS.length)] ?? "";
      const dice = next();
      const type = dice < 0.8 ? MESSAGE_TYPE.chat : dice < 0.95 ? MESSAGE_TYPE.announcement : MESSAGE_TYPE.status;
      return { at, kind: "say", member: member(), text, type, levelPercent: levelAsked(dice) };
    }),
    ...repeat(settings.offline, () => ({ at: time(), kind: "offline", member: member(), ms: length() })),
    ...repeat(settings.kills, () => {
      return { at: time(), kind: "kill", member: member(), ms: length(), keep: null, lands: next() < 0.5 };
    }),
    ...repeat(settings.powerCuts, () => {
      const keep = next() < 0.4 ? 0 : Math.floor(next() * 12);
      return { at: time(), kind: "kill", member: member(), ms: length(), keep, lands: next() < 0.5 };
    }),
    ...repeat(settings.partitions, () => {
      const sides = Array.from({ length: settings.participants + settings.hostile }, () => Math.floor(next() * 2));
      return { at: time(), kind: "partition", sides, ms: length() };
    }),
    ...repeat(settings.clockJumps, () => {
      return {
        at: time(),
        kind: "clock-jump",
        member: member(),
        ms: Math.floor((next() - 0.5) * (next() < 0.3 ? 6 * HOUR : 4 * MINUTE)),
      };
    }),
    ...repeat(settings.archiveOutages, () => ({ at: time(), kind: "archive-outage", ms: length() })),
    ...repeat(settings.messages > 20 ? 1 : 0, () => ({ at: time(), kind: "stop-sending", member: member() })),
    ...repeat(settings.hostileActs, () => {
      const act = HOSTILE_ACTS[Math.floor(next() * HOSTILE_ACTS.length)] ?? "replay";
      const liar = settings.participants + Math.floor(next() * settings.hostile);
      return { at: time(), kind: "hostile", member: liar, act };
    }),
    ...repeat(settings.deletions, () => ({ at: time(), kind: "delete", member: member() })),
  ];
  return actions.sort((a, b) => a.at - b.at);
}

/** The last ones of the group come late, everybody else is there from the start. */
function joins({ participants, lateJoiners }: Settings, time: () => number): Action[] {
  const late = Math.min(lateJoiners, participants - 1);
  return Array.from({ length: participants }, (_, member) => {
    return { at: member >= participants - late ? time() : 0, kind: "join", member };
  });
}

/** Some messages ask for a share of their own: of the chats one in eight, of the announcements one in three. */
function levelAsked(dice: number): number | undefined {
  if (dice < 0.1) return 100;
  return dice >= 0.9 && dice < 0.95 ? 50 : undefined;
}

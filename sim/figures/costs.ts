import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import type { Action } from "../core/script/script.ts";
import { CALM, type Settings } from "../core/script/settings.ts";
import { World } from "../core/world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How many of the audience a message needs. */
export type Level = "any one" | "80 %" | "everyone";

export interface CostCase {
  readonly participants: number;
  readonly level: Level;
  /** Messages of 100 characters that the whole group writes in an hour. */
  readonly perHour: number;
}

export interface Cost extends CostCase {
  readonly measuredMinutes: number;
  /** What one participant publishes in an hour: Waku messages, and kB of payload after encryption and padding. */
  readonly messages: number;
  readonly kilobytes: number;
  /** Share of all (author's message, other participant) pairs of which the author has a receipt at the end, in percent. */
  readonly receipts: number;
}

const SIZES = [3, 8, 20, 50, 128, 512] as const;
const RATES = [0, 12, 120] as const;
const LEVELS: readonly Level[] = ["any one", "80 %", "everyone"];
const PARAMETERS: Record<Level, Settings["parameters"]> = {
  "any one": {},
  "80 %": { levelPercent: 80 },
  everyone: { levelPercent: 100 },
};

/**
 * Large groups cost real time: everybody hears everybody. But where nobody writes each says something once an hour, which
 * a shorter time would not show.
 */
function measuredMinutes({ participants, perHour }: CostCase): number {
  if (participants <= 50 || perHour === 0) return 60;
  return participants <= 128 ? 30 : 10;
}

/** The largest group at the highest rate would take longer than all others together. */
function ratesOf(participants: number): readonly number[] {
  return RATES.filter((perHour) => participants * perHour < 512 * 120);
}

/** All cases, small groups first. Without messages there is no level. */
export function costCases(): CostCase[] {
  return SIZES.flatMap((participants) =>
    ratesOf(participants).flatMap((perHour) =>
      (perHour === 0 ? LEVELS.slice(0, 1) : LEVELS).map((level) => ({ participants, level, perHour })),
    ),
  );
}

/** A network that loses one frame in twenty on each link, 50 to 400 ms, with a Store. The joining is not counted. */
export function costOf(one: CostCase): Cost {
  const { participants, level, perHour } = one;
  const minutes = measuredMinutes(one);
  const warmUp = 20 * MINUTE;
  const settings: Settings = {
    ...CALM,
    ...{ seed: 1, participants, messages: 0, loss: 0.05, latencyMs: [50, 400], parameters: PARAMETERS[level] },
  };
  const world = new World({ settings });
  const type = level === "any one" ? MESSAGE_TYPE.chat : MESSAGE_TYPE.announcement;
  world.play([...joins(participants), ...words(participants, (perHour * minutes) / 60, warmUp, minutes, type)]);
  world.run(warmUp);
  const before = { ...world.bytes };
  world.run(minutes * MINUTE);
  const share = HOUR / (minutes * MINUTE) / participants;
  return {
    ...{ participants, level, perHour, measuredMinutes: minutes },
    messages: round((world.bytes.frames - before.frames) * share),
    kilobytes: round(((world.bytes.payload - before.payload) * share) / 1_000),
    receipts: round(receiptShare(world)),
  };
}

function joins(participants: number): Action[] {
  return Array.from({ length: participants }, (_, member) => ({ at: 0, kind: "join", member }));
}

/** The last fifth of the time is without new words, so that what they cost is in the bill. */
function words(participants: number, count: number, from: number, minutes: number, type: number): Action[] {
  const random = createSeededRandom(participants + 0.5);
  return Array.from({ length: Math.round(count) }, (_, number) => {
    const at = from + Math.floor(((number + random.next()) * 0.8 * minutes * MINUTE) / count);
    return { at, kind: "say", member: Math.floor(random.next() * participants), text: "x".repeat(100), type };
  });
}

function receiptShare(world: World): number {
  let [known, all] = [0, 0];
  for (const { content } of world.observer.truths.values()) {
    known += world.observer.receipts.get(content.id)?.size ?? 0;
    all += world.members.length - 1;
  }
  return all === 0 ? 100 : (100 * known) / all;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

/** One row for each group size and rate, one column for each level. */
export function costTable(costs: readonly Cost[]): string {
  const lines = [
    `| participants | messages an hour | ${LEVELS.join(" | ")} |`,
    `|---|---|${LEVELS.map(() => "---|").join("")}`,
  ];
  for (const participants of SIZES) {
    for (const perHour of RATES) {
      const row = costs.filter((cost) => cost.participants === participants && cost.perHour === perHour);
      if (row.length === 0) continue;
      const cells = LEVELS.map((level) => {
        const cost = row.find((one) => one.level === level);
        return cost === undefined ? "the same" : `${cost.messages} / ${cost.kilobytes} kB / ${cost.receipts} %`;
      });
      lines.push(`| ${participants} | ${perHour} | ${cells.join(" | ")} |`);
    }
  }
  return lines.join("\n");
}

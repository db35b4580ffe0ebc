import { Violation } from "../core/report/violation.ts";
import type { Action } from "../core/script/script.ts";
import type { Settings } from "../core/script/settings.ts";
import type { World } from "../core/world.ts";

/** A world with a name: something that happens to people, and what they may expect of it. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly settings: Partial<Settings>;
  /** The fewest and the most people for whom it makes sense. */
  readonly people: readonly [number, number];
  /** Joins are added: everybody is there from the start unless a join is among them. */
  readonly actions: (settings: Settings, random: () => number) => Action[];
  /** Whether all come back at the end and must then agree. Default true. */
  readonly heals?: boolean;
  /** Called at the end. Throws a `Violation`; may let more time pass. */
  readonly expect?: (world: World) => void;
}

/** No upper limit of people. */
export const ANY = Number.POSITIVE_INFINITY;
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export function expectThat(holds: boolean, message: string): void {
  if (!holds) throw new Violation("scenario", message);
}

export function say(at: number, member: number, text = "hello", type = 1): Action {
  return { at, kind: "say", member, text, type };
}

/** Everybody in turn or by chance, spread over the time. */
export function chatter({ participants, durationMs, messages }: Settings, random: () => number, from = 0): Action[] {
  return Array.from({ length: messages }, () =>
    say(from + Math.floor(random() * (durationMs - from)), Math.floor(random() * participants)),
  );
}

export function offline(at: number, member: number, ms: number): Action {
  return { at, kind: "offline", member, ms };
}

/** The same for all of these times. */
export function every(periodMs: number, until: number, make: (at: number) => Action[], from = periodMs): Action[] {
  const actions: Action[] = [];
  for (let at = from; at < until; at += periodMs) actions.push(...make(at));
  return actions;
}

/** Members who have delivered what this member said as its `number`-th message. */
export function holdersOf(world: World, author: number, number: number): number[] {
  const truth = [...world.observer.truths.values()].find(
    (said) => said.author === author && said.content.authorSeq === number,
  );
  if (truth === undefined) return [];
  const { id } = truth.content;
  return world.members
    .filter((member) => member.state.log.entries.get(id)?.status === "delivered")
    .map(({ index }) => index);
}

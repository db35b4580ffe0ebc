import type { Options } from "./options.ts";
import { UsageError } from "./usage-error.ts";

interface Kind {
  /** As it is called in words. */
  readonly words: string;
  readonly isAsked: (options: Options) => boolean;
  /** Options that have an effect on it. */
  readonly listens: readonly (keyof Options)[];
}

const WEATHER = ["set", "participants", "loss", "profile"] as const;

/** What `npm run sim` can be asked for: the first that is asked counts. */
const KINDS = {
  figures: { words: "--figures", isAsked: ({ figures }) => figures, listens: ["figures"] },
  targets: { words: "--targets", isAsked: ({ targets }) => targets, listens: ["targets", "participants"] },
  costs: { words: "--costs", isAsked: ({ costs }) => costs, listens: ["costs", "participants"] },
  differential: {
    words: "--differential",
    isAsked: ({ differential }) => differential,
    listens: ["differential", "seed", "seeds", "first"],
  },
  crashPoints: {
    words: "--crash-points",
    isAsked: (options) => options["crash-points"],
    listens: ["crash-points", "storage", "script", "write", "moment", "keep", "trace"],
  },
  fullSeed: {
    words: "a run of one seed on the real channel",
    isAsked: ({ full, seed }) => full && seed !== undefined,
    listens: ["full", "seed", "trace", ...WEATHER],
  },
  fullSwarm: {
    words: "a run of many seeds",
    isAsked: ({ full }) => full,
    listens: ["full", "seeds", "first", "jobs"],
  },
  mutations: {
    words: "--mutations",
    isAsked: ({ mutations }) => mutations,
    listens: ["mutations", "mutation", "searches"],
  },
  scenario: {
    words: "a scenario",
    isAsked: ({ scenario }) => scenario !== undefined,
    listens: ["scenario", "seed", "trace", ...WEATHER],
  },
  follow: {
    words: "--follow",
    isAsked: ({ seed, follow }) => seed !== undefined && follow !== undefined,
    listens: ["seed", "follow", "only", "mutation", ...WEATHER],
  },
  seed: {
    words: "a run of one seed",
    isAsked: ({ seed }) => seed !== undefined,
    listens: ["seed", "trace", "shrink", "only", "mutation", ...WEATHER],
  },
  swarm: { words: "a run of many seeds", isAsked: () => true, listens: ["seeds", "first", "jobs"] },
} as const satisfies Record<string, Kind>;

export type Command = "help" | keyof typeof KINDS;

/**
 * What these options ask for. Throws a `UsageError` for one that would change nothing: whoever gives it would take a run
 * without it for a run with it.
 */
export function commandOf(options: Options): Command {
  if (options.help) return "help";
  for (const [command, { words, isAsked, listens }] of Object.entries(KINDS) as [keyof typeof KINDS, Kind][]) {
    if (!isAsked(options)) continue;
    const unheard = given(options).filter((name) => !listens.includes(name));
    if (unheard.length === 0) return command;
    const names = unheard.map((name) => `--${name}`).join(" and ");
    throw new UsageError(`${names}: no effect on ${words}. --help says what goes together.`);
  }
  return "swarm";
}

function given({ settings: _settings, ...options }: Options): (keyof Options)[] {
  const names = Object.keys(options) as (keyof typeof options)[];
  return names.filter((name) => options[name] !== undefined && options[name] !== false);
}

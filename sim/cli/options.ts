import { parseArgs } from "node:util";
import type { Settings } from "../core/script/settings.ts";
import { parseSettings } from "./settings-option.ts";
import { UsageError } from "./usage-error.ts";

const NUMBER_OPTIONS = ["seeds", "first", "seed", "jobs", "participants", "write", "searches"] as const;
const TEXT_OPTIONS = [
  "only",
  "set",
  "scenario",
  "script",
  "moment",
  "keep",
  "storage",
  "mutation",
  "loss",
  "profile",
  "follow",
] as const;
/** Of the options with a value those that may do without: then it is empty. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set(["--follow"]);
const FLAGS = [
  "trace",
  "shrink",
  "full",
  "crash-points",
  "differential",
  "figures",
  "mutations",
  "costs",
  "help",
] as const;

type Numbers = { readonly [name in (typeof NUMBER_OPTIONS)[number]]?: number };
type Texts = { readonly [name in (typeof TEXT_OPTIONS)[number]]?: string };
type Flags = { readonly [name in (typeof FLAGS)[number]]: boolean };

/** The command line, with every value checked. */
export interface Options extends Numbers, Texts, Flags {
  /** What overrules the settings that a seed or a scenario has. */
  readonly settings: Partial<Settings>;
}

const MOST_PARTICIPANTS = 2_000;
const MOST_LOSS = 0.95;

/** Throws a `UsageError` for what it does not know. */
export function parseOptions(args: readonly string[]): Options {
  const values = read(args);
  const numbers: Record<string, number> = {};
  for (const name of NUMBER_OPTIONS) {
    const value = values[name];
    if (typeof value === "string")
      numbers[name] = wholeNumber(name, value, name === "seed" || name === "first" ? 0 : 1);
  }
  const texts: Record<string, string> = {};
  for (const name of TEXT_OPTIONS) {
    const value = values[name];
    if (typeof value === "string") texts[name] = value;
  }
  const flags = Object.fromEntries(FLAGS.map((name) => [name, values[name] === true])) as Flags;
  const checked: Numbers & Texts = { ...numbers, ...texts };
  return { ...flags, ...checked, settings: settingsOf(checked) };
}

function read(args: readonly string[]): Record<string, string | boolean | undefined> {
  const text = [...NUMBER_OPTIONS, ...TEXT_OPTIONS].map((name) => [name, { type: "string" }] as const);
  const flags = FLAGS.map((name) => [name, { type: "boolean" }] as const);
  try {
    return parseArgs({ args: args.map(asPair), options: Object.fromEntries([...text, ...flags]) }).values as Record<
      string,
      string | boolean | undefined
    >;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** An option that stands alone and may, with an empty value. */
function asPair(arg: string, index: number, args: readonly string[]): string {
  const alone = WITHOUT_VALUE.has(arg) && args[index + 1]?.startsWith("--") !== false;
  return alone ? `${arg}=` : arg;
}

function settingsOf({ participants, loss, profile, set }: Numbers & Texts): Partial<Settings> {
  if (participants !== undefined && participants > MOST_PARTICIPANTS) {
    throw new UsageError(`--participants ${participants}: at most ${MOST_PARTICIPANTS}.`);
  }
  return {
    ...parseSettings(set ?? ""),
    ...(participants === undefined ? {} : { participants }),
    ...(loss === undefined ? {} : { loss: lossOf(loss) }),
    ...(profile === undefined ? {} : { profile: oneOf("profile", profile, ["sds", "community"]) }),
  };
}

function wholeNumber(name: string, value: string, least: number): number {
  if (/^\d{1,15}$/.test(value) && Number(value) >= least) return Number(value);
  throw new UsageError(`--${name} ${value}: a whole number from ${least} on is needed.`);
}

function lossOf(value: string): number {
  const loss = Number(value);
  if (value.trim() !== "" && loss >= 0 && loss <= MOST_LOSS) return loss;
  throw new UsageError(`--loss ${value}: a share between 0 and ${MOST_LOSS} is needed.`);
}

/** The value as one of those allowed. Throws a `UsageError` otherwise. */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new UsageError(`Unknown ${name} ${value}. Known: ${allowed.join(", ")}.`);
}

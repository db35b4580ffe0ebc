import { CHANNEL_PARAMETER_DEFAULTS } from "../../src/sds/parameters/parameters.ts";
import { CALM, type Settings } from "../core/script/settings.ts";
import { UsageError } from "./usage-error.ts";

/** Chances: more than 1 would look like a world, and be none. */
const SHARES: ReadonlySet<string> = new Set(["loss", "duplication", "publishFailure", "archive.omission"]);
const PROFILES: readonly unknown[] = ["community", "sds"];

/** `loss=0.2,archive.absent=true,parameters.lostAfterMs=1000`: settings by name. Throws a `UsageError` for what is none. */
export function parseSettings(text: string): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const part of text.split(",").filter((piece) => piece !== "")) {
    const [path = "", value = ""] = part.split("=");
    const [name = "", inner] = path.split(".");
    if (!(name in CALM)) throw new UsageError(`Unknown setting ${name}. Settings: ${Object.keys(CALM).join(", ")}`);
    const parsed = parseValue(path, value);
    const problem = problemOf(path, parsed);
    if (problem !== null) throw new UsageError(`--set ${path}=${value}: ${problem}`);
    settings[name] = inner === undefined ? parsed : { ...defaultOf(name), ...(settings[name] ?? {}), [inner]: parsed };
  }
  return settings as Partial<Settings>;
}

function parseValue(path: string, value: string): unknown {
  try {
    return JSON.parse(/^[a-z]+$/.test(value) && !/^(true|false|null)$/.test(value) ? `"${value}"` : value);
  } catch {
    throw new UsageError(`--set ${path}=${value}: the value is neither a number, nor true or false, nor a word.`);
  }
}

/** What is wrong with the value of a setting; null when nothing is. */
function problemOf(path: string, value: unknown): string | null {
  const sample = sampleOf(path);
  if (sample === undefined) return "there is no such setting.";
  if (Array.isArray(CALM[path.split(".")[0] as keyof Settings])) return "a list cannot be given here.";
  if (typeof sample === "object" && sample !== null) return `name one of it: ${Object.keys(sample).join(", ")}.`;
  if (path === "profile") return PROFILES.includes(value) ? null : "community or sds is needed.";
  if (typeof value !== typeof sample) return `a value like ${sample} is needed.`;
  if (SHARES.has(path)) return Number(value) >= 0 && Number(value) <= 1 ? null : "a share from 0 to 1 is needed.";
  return typeof value === "number" && value < 0 ? "a number from 0 on is needed." : null;
}

/** A value of the kind that the setting has. */
function sampleOf(path: string): unknown {
  const [name = "", inner, ...rest] = path.split(".");
  if (rest.length > 0) return undefined;
  const whole = name === "parameters" ? CHANNEL_PARAMETER_DEFAULTS : CALM[name as keyof Settings];
  return inner === undefined ? whole : Object.entries(whole).find(([key]) => key === inner)?.[1];
}

function defaultOf(name: string): object {
  const value = CALM[name as keyof Settings];
  return typeof value === "object" ? value : {};
}

import { CALM, type Settings } from "../core/settings.ts";
import { UsageError } from "./usage-error.ts";

/** `loss=0.2,archive.absent=true,parameters.lostAfterMs=1000`: settings by name. Throws a `UsageError` for what is none. */
export function parseSettings(text: string): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const part of text.split(",").filter((piece) => piece !== "")) {
    const [path = "", value = ""] = part.split("=");
    const [name = "", inner] = path.split(".");
    if (!(name in CALM)) throw new UsageError(`Unknown setting ${name}. Settings: ${Object.keys(CALM).join(", ")}`);
    const parsed = parseValue(path, value);
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

function defaultOf(name: string): object {
  const value = CALM[name as keyof Settings];
  return typeof value === "object" ? value : {};
}

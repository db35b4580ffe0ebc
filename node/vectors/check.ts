import { isDeepStrictEqual } from "node:util";
import { describe } from "./vector-json.ts";

/** The outcome of one comparison; `problem` is null when it passed. */
export interface Check {
  readonly name: string;
  readonly problem: string | null;
}

/** Passes when both are deeply equal. Values are JSON, so that the problem can show them. */
export function compare(name: string, expected: unknown, actual: unknown): Check {
  return { name, problem: isDeepStrictEqual(expected, actual) ? null : difference(expected, actual) };
}

/** Hex strings: says at which byte they part. */
export function compareHex(name: string, expected: string, actual: string): Check {
  const wanted = expected.toLowerCase();
  if (wanted === actual) return { name, problem: null };
  let same = 0;
  while (same < wanted.length && wanted[same] === actual[same]) same++;
  const from = Math.max(0, Math.floor(same / 2) * 2 - 8);
  const at = `they differ from byte ${Math.floor(same / 2)} on (${wanted.length / 2} and ${actual.length / 2} bytes)`;
  return { name, problem: `${at}: expected ...${cut(wanted, from)}, got ...${cut(actual, from)}` };
}

export function failure(name: string, problem: string): Check {
  return { name, problem };
}

const cut = (hex: string, from: number): string => hex.slice(from, from + 32);

/** Names the properties that differ when both are objects, else shows both values. */
function difference(expected: unknown, actual: unknown): string {
  if (!isPlain(expected) || !isPlain(actual)) return `expected ${describe(expected)}, got ${describe(actual)}`;
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return keys
    .filter((key) => !isDeepStrictEqual(expected[key], actual[key]))
    .map((key) => `${key}: expected ${describe(expected[key])}, got ${describe(actual[key])}`)
    .join("; ");
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

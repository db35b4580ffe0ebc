import type { SeedResult } from "../run-seed.ts";
import type { Options } from "./options.ts";

/** One JSON line. */
export function say(row: object): void {
  console.log(JSON.stringify(row));
}

/** A run's result in one line, after `name`; a violation makes the exit code 1. */
export function showResult(name: object, { violation, ...rest }: SeedResult): void {
  say({ ...name, ...rest, violation: violation?.message ?? null });
  if (violation !== null) process.exitCode = 1;
}

/** Where the trace goes, when one is wanted. */
export function printer({ trace }: Options): { readonly print?: (line: string) => void } {
  return trace ? { print: (line) => console.log(line) } : {};
}

/**
 * `npm run vectors -- FILE`: checks the protocol core against a file of golden vectors. Prints every failure and, last,
 * `N passed, M failed`. Exit code 0 only when something was checked and all of it passed.
 */
import { readFileSync } from "node:fs";
import { checkVectors } from "./check-vectors.ts";

const file = process.argv[2];
process.exitCode = file === undefined ? usage() : run(file);

function usage(): number {
  console.error("Name the file to check: npm run vectors -- FILE");
  return 2;
}

function run(path: string): number {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    console.error(`${path} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  const checks = checkVectors(parsed);
  const failed = checks.filter((check) => check.problem !== null);
  for (const check of failed) console.log(`FAILED ${check.name}: ${check.problem}`);
  if (checks.length === 0) console.error(`${path} holds no vectors, so nothing was checked`);
  console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 && checks.length > 0 ? 0 : 1;
}

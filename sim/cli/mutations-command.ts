import { MUTATIONS } from "../mutations/all-mutations.ts";
import { findMutation } from "../mutations/find.ts";
import type { Options } from "./options.ts";
import { say } from "./output.ts";
import { mutationOf } from "./seed-command.ts";

/** Places from which a defect is searched for, and seeds from each. */
const SEARCHES = 10;
const MOST_SEEDS = 100;

/** Each defect that was put in on purpose has to be found; how many of the searches found it is told. */
export function mutations(options: Options): void {
  const only = mutationOf(options);
  for (const mutation of only === null ? MUTATIONS : [only]) {
    const found = findMutation(mutation, options.searches ?? SEARCHES, MOST_SEEDS);
    say(found);
    if (found.found === 0) process.exitCode = 1;
  }
}

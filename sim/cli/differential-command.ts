import { Violation } from "../core/report/violation.ts";
import { runDifferential } from "../differential/run-differential.ts";
import type { Options } from "./options.ts";
import { say } from "./output.ts";

const LOSSES = [0, 0.1, 0.2];

/** Ours and plain SDS clients in one channel; with `--seeds` several runs at each loss. */
export async function differential({ seed, first = 1, seeds = 1 }: Options): Promise<void> {
  const [from, count] = seed === undefined ? [first, seeds] : [seed, 1];
  for (const loss of LOSSES) {
    for (let number = from; number < from + count; number++) await one(number, loss);
  }
}

async function one(seed: number, loss: number): Promise<void> {
  try {
    say(await runDifferential(seed, loss));
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    say({ seed, loss, violation: error.message });
    console.log(`  npm run sim -- --differential --seed ${seed}`);
    process.exitCode = 1;
  }
}

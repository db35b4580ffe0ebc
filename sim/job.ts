/** A worker process of `--jobs`: runs the ranges of seeds that it is sent, one after the other. */
import type { Failure, Range, RangeResult } from "./jobs.ts";
import { runRange } from "./swarm.ts";

let line: Promise<unknown> = Promise.resolve();

process.on("message", (message) => {
  line = line.then(() => run(message as Range));
});

async function run({ kind, first, count }: Range): Promise<void> {
  const failures: Failure[] = [];
  const totals = await runRange(kind, first, count, ({ seed, violation }) => {
    if (violation !== null) failures.push({ seed, message: violation.message });
    return true;
  });
  const result: RangeResult = { totals, failures };
  process.send?.(result);
}

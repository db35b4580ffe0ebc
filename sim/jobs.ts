import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { addTotals, noTotals, type SwarmKind, type Totals } from "./swarm.ts";

/** What a worker process is asked to run. */
export interface Range {
  readonly kind: SwarmKind;
  readonly first: number;
  readonly count: number;
}

export interface Failure {
  readonly seed: number;
  readonly message: string;
}

/** What it answers. */
export interface RangeResult {
  readonly totals: Totals;
  readonly failures: readonly Failure[];
}

export interface JobOptions extends Range {
  readonly jobs: number;
  readonly onFailure: (failure: Failure) => void;
  readonly onProgress: (seeds: number) => void;
  /** No new ranges are begun after so many violations. */
  readonly mostViolations: number;
}

const WORKER = fileURLToPath(new URL("job.js", import.meta.url));
/** Small enough that no process ends long after the others, large enough that talking costs nothing. */
const CHUNK: Record<SwarmKind, number> = { core: 20, full: 4 };

/** Runs seeds in several processes, each of which takes the next few whenever it is done. */
export async function runJobs(options: JobOptions): Promise<Totals> {
  const totals = noTotals();
  const chunks = chunksOf(options);
  const jobs = Math.min(options.jobs, chunks.length);
  await Promise.all(Array.from({ length: jobs }, () => runJob(chunks, totals, options)));
  return totals;
}

function chunksOf({ kind, first, count }: Range): Range[] {
  const size = CHUNK[kind];
  const chunks: Range[] = [];
  for (let done = 0; done < count; done += size) {
    chunks.push({ kind, first: first + done, count: Math.min(size, count - done) });
  }
  return chunks;
}

function runJob(chunks: Range[], totals: Totals, options: JobOptions): Promise<void> {
  const child = fork(WORKER, { serialization: "advanced" });
  return new Promise((resolve, reject) => {
    let running: Range | undefined;
    const next = (): void => {
      running = totals.violations < options.mostViolations ? chunks.shift() : undefined;
      if (running === undefined) child.disconnect();
      else child.send(running);
    };
    child.on("message", (message) => {
      const { totals: more, failures } = message as RangeResult;
      addTotals(totals, more);
      for (const failure of failures) options.onFailure(failure);
      options.onProgress(totals.seeds);
      next();
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      const where =
        running === undefined ? "" : ` within seeds ${running.first} to ${running.first + running.count - 1}`;
      if (code === 0 && running === undefined) resolve();
      else reject(new Error(`A simulation process ended with ${code}${where}.`));
    });
    next();
  });
}

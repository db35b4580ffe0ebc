export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Milliseconds of one call of `work`, which may be asynchronous. */
export async function millisecondsOf(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Median milliseconds of `runs` calls, each on what `prepare` gives (not timed), after `warmUps` calls that do not count. */
export async function medianOf<T>(
  runs: { readonly runs: number; readonly warmUps: number },
  prepare: () => T | Promise<T>,
  work: (prepared: T) => unknown,
): Promise<number> {
  const times: number[] = [];
  for (let run = -runs.warmUps; run < runs.runs; run++) {
    const prepared = await prepare();
    const time = await millisecondsOf(() => work(prepared));
    if (run >= 0) times.push(time);
  }
  return median(times);
}

/** One line of the table: the same question to both, measured in the same run. */
export interface Row {
  readonly name: string;
  readonly ours: number | null;
  /** Null where the peer has no such thing, or needs too long to be asked. */
  readonly peer: number | null;
  readonly unit: string;
  /** How many times better ours is: above 1 in favour of ours, whichever way the unit counts. Null without a peer. */
  readonly ratio: number | null;
}

/** Units in which more is better; in all others (time, bytes) less is. */
const MORE_IS_BETTER: ReadonlySet<string> = new Set(["messages/s", "operations/s"]);

export function row(name: string, unit: string, ours: number | null, peer: number | null = null): Row {
  if (ours === null || peer === null) return { name, ours, peer, unit, ratio: null };
  return { name, ours, peer, unit, ratio: MORE_IS_BETTER.has(unit) ? ours / peer : peer / ours };
}

/**
 * How thorough a run is. `quick` gives up the large histories and most of the repetitions; `long` joins a longer channel as well, and
 * `profile` says what a join is spent on.
 */
export interface BenchOptions {
  readonly quick: boolean;
  readonly long: boolean;
  readonly profile: boolean;
}

/** One subject: some rows, told one by one as they are known. */
export interface Subject {
  readonly name: string;
  readonly run: (options: BenchOptions) => AsyncGenerator<Row, void, undefined>;
}

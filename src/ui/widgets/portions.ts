/** One of many things that are drawn alike, below one another. */
export interface Keyed {
  readonly key: string;
}

/** What is drawn, and whether that is all that is wanted, as it is wanted. */
export interface Portion<Row extends Keyed> {
  readonly rows: readonly Row[];
  readonly isComplete: boolean;
}

/**
 * The rows to draw next, of which at most so many are new or changed, from the end on: that is where people look. A row that has
 * to wait stays as it was drawn, or out if it was not yet; one that is not wanted any more goes at once. The same
 * array where nothing changes.
 */
export function nextPortion<Row extends Keyed>(
  drawn: readonly Row[],
  wanted: readonly Row[],
  most: number,
  looksAlike: (before: Row, after: Row) => boolean,
): Portion<Row> {
  const drawnByKey = new Map(drawn.map((row) => [row.key, row]));
  const rows: Row[] = [];
  let left = most;
  let isComplete = true;
  for (let index = wanted.length - 1; index >= 0; index--) {
    const row = wanted[index];
    if (row === undefined) continue;
    const before = drawnByKey.get(row.key);
    if (before !== undefined && looksAlike(before, row)) {
      rows.push(before);
    } else if (left > 0) {
      left--;
      rows.push(row);
    } else {
      isComplete = false;
      if (before !== undefined) rows.push(before);
    }
  }
  rows.reverse();
  const isSame = rows.length === drawn.length && rows.every((row, index) => row === drawn[index]);
  return { rows: isSame ? drawn : rows, isComplete };
}

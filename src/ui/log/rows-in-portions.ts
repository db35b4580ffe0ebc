import type { LogRow } from "../model/log-rows.ts";

/** Rows as they are drawn, and whether those are all that are wanted, as they are wanted. */
export interface DrawnRows {
  readonly rows: readonly LogRow[];
  readonly isComplete: boolean;
}

/**
 * The rows to draw next, of which at most so many are new or changed, from the end on: that is where people look. A row that has
 * to wait stays as it was drawn, or out if it was not yet; one that is not wanted any more goes at once. The same
 * array where nothing changes.
 */
export function nextPortion(drawn: readonly LogRow[], wanted: readonly LogRow[], most: number): DrawnRows {
  const drawnByKey = new Map(drawn.map((row) => [row.key, row]));
  const rows: LogRow[] = [];
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

/** Rows are made anew with each change of the log, what stands in them is not. */
function looksAlike(before: LogRow, after: LogRow): boolean {
  switch (before.kind) {
    case "day":
      return after.kind === "day" && before.at === after.at;
    case "message":
      return after.kind === "message" && before.message === after.message && before.grouped === after.grouped;
    case "hole":
      return after.kind === "hole" && before.hole === after.hole;
  }
}

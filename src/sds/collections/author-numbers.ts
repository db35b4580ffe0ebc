/**
 * Which author_seqs of one author are held, as ranges: authors count densely, so there are few. The number under which
 * an author wrote a second message is held once, and told.
 */
export interface AuthorNumbersView {
  /** Numbers between the lowest and the highest one that are not held. */
  gaps(): number;
}

export interface AuthorNumbers extends AuthorNumbersView {
  /** False when the number is there already. */
  add(authorSeq: number): boolean;
}

interface Range {
  from: number;
  to: number;
}

export function createAuthorNumbers(): AuthorNumbers {
  const ranges: Range[] = [];

  /** Index of the first range that ends at the number or behind it. */
  function search(number: number): number {
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ranges[middle] as Range).to < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(authorSeq) {
      const index = search(authorSeq);
      const next = ranges[index];
      if (next !== undefined && next.from <= authorSeq) return false;
      const before = ranges[index - 1];
      const joinsBefore = before?.to === authorSeq - 1;
      const joinsNext = next?.from === authorSeq + 1;
      if (joinsBefore && joinsNext) {
        before.to = next.to;
        ranges.splice(index, 1);
      } else if (joinsBefore) before.to = authorSeq;
      else if (joinsNext) next.from = authorSeq;
      else ranges.splice(index, 0, { from: authorSeq, to: authorSeq });
      return true;
    },
    gaps() {
      //= protocol: ID-5
      let gaps = 0;
      for (let index = 1; index < ranges.length; index++) {
        gaps += (ranges[index] as Range).from - (ranges[index - 1] as Range).to - 1;
      }
      return gaps;
    },
  };
}

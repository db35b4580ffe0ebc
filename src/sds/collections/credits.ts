/**
 * Which entries one participant is known to have, one byte per entry. The byte names an epoch: the `complete_since`
 * under which the entry was credited. It matters twice. A walk may stop at an entry that was credited under the same or
 * a lower `complete_since`, since everything below was credited then too; and a parent that turns up late inherits the
 * credit of its child only if it is not older than that `complete_since`. It may be raised later, and never is while a
 * walk goes on: all that it credits has one value.
 *
 * The bytes are in pages that are made when something in them is credited: a key costs nothing to make, and one that
 * names a single message must not cost as much as the log is long.
 */
export interface CreditsView {
  /** `complete_since` under which the entry was credited, or null. Infinity: named outright, proves no ancestry. */
  since(entryNumber: number): number | null;
  has(entryNumber: number): boolean;
}

export interface Credits extends CreditsView {
  /** Keeps the lower `complete_since` if it was credited before. */
  credit(entryNumber: number, completeSince: number): void;
  /** Nothing is credited. */
  isEmpty(): boolean;
  /** Something is going to be credited under it: what is asked about from now on is as it will be then. */
  expect(completeSince: number): void;
  /** Credits each entry whose mark, at its number, has this bit, under a `complete_since` lower than that of before. */
  creditMarked(marks: Int32Array, bit: number, completeSince: number): void;
}

/** A page of 1,024 entries: a key that names one message costs a kilobyte, and a long log few pages. */
const PAGE_BITS = 10;
const PAGE_SIZE = 2 ** PAGE_BITS;
const PLACE_IN_PAGE = PAGE_SIZE - 1;
/** What a byte can name besides "not credited". */
const MAX_EPOCHS = 255;
/** Stands for every page in which nothing is credited. Never written to. */
const EMPTY = new Uint8Array(PAGE_SIZE);

export function createCredits(): Credits {
  const pages: Uint8Array[] = [];
  // Epoch e (1-based, 0 = not credited) has complete_since epochs[e - 1].
  const epochs: number[] = [Number.POSITIVE_INFINITY];

  function epochFor(completeSince: number): number {
    const known = epochs.lastIndexOf(completeSince);
    if (known >= 0) return known + 1;
    //= protocol: LIMIT-13
    if (epochs.length === MAX_EPOCHS) mergeEpochs();
    return epochs.push(completeSince);
  }

  /**
   * Of each two neighbours the lower one is raised to the higher: what was credited under it looks as if less had been
   * claimed, which is true as well. A claim in between walks there once more; and since half of the epochs are free then,
   * this happens once in that many new values.
   */
  function mergeEpochs(): void {
    const finite = epochs.slice(1).sort((a, b) => a - b);
    const kept = finite.filter((_, index) => index % 2 === 1 || index === finite.length - 1);
    const moved = new Uint8Array(MAX_EPOCHS + 1);
    for (const [index, value] of epochs.entries()) {
      moved[index + 1] = value === Number.POSITIVE_INFINITY ? 1 : 2 + kept.findIndex((higher) => higher >= value);
    }
    epochs.splice(1, epochs.length, ...kept);
    for (const page of pages) {
      if (page === EMPTY) continue;
      for (let place = 0; place < PAGE_SIZE; place++) page[place] = moved[page[place] as number] as number;
    }
  }

  function epochOf(entryNumber: number): number {
    return (pages[entryNumber >>> PAGE_BITS] ?? EMPTY)[entryNumber & PLACE_IN_PAGE] as number;
  }

  function pageToWrite(place: number): Uint8Array {
    while (pages.length <= place) pages.push(EMPTY);
    const page = pages[place] as Uint8Array;
    if (page !== EMPTY) return page;
    const created = new Uint8Array(PAGE_SIZE);
    pages[place] = created;
    return created;
  }

  function since(entryNumber: number): number | null {
    const epoch = epochOf(entryNumber);
    return epoch === 0 ? null : (epochs[epoch - 1] as number);
  }

  return {
    since,
    has: (entryNumber) => epochOf(entryNumber) !== 0,
    credit(entryNumber, completeSince) {
      const before = since(entryNumber);
      if (before !== null && before <= completeSince) return;
      pageToWrite(entryNumber >>> PAGE_BITS)[entryNumber & PLACE_IN_PAGE] = epochFor(completeSince);
    },
    isEmpty: () => pages.length === 0,
    expect: (completeSince) => void epochFor(completeSince),
    creditMarked(marks, bit, completeSince) {
      const epoch = epochFor(completeSince);
      for (let first = 0; first < marks.length; first += PAGE_SIZE) {
        const end = Math.min(first + PAGE_SIZE, marks.length);
        let page: Uint8Array | null = null;
        for (let number = first; number < end; number++) {
          if (((marks[number] as number) & bit) === 0) continue;
          page ??= pageToWrite(first >>> PAGE_BITS);
          page[number - first] = epoch;
        }
      }
    },
  };
}

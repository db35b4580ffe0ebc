/**
 * Which entries one participant is known to have, one byte per entry. The byte names an epoch: the `complete_since`
 * under which the entry was credited. It matters twice. A walk may stop at an entry that was credited under the same or
 * a lower `complete_since`, since everything below was credited then too; and a parent that turns up late inherits the
 * credit of its child only if it is not older than that `complete_since`.
 *
 * The bytes are in pages that are made when something in them is credited: a key costs nothing to make, and one that
 * names a single message must not cost as much as the log is long.
 */
export interface Credits {
  /** `complete_since` under which the entry was credited, or null. Infinity: named outright, proves no ancestry. */
  since(entryNumber: number): number | null;
  has(entryNumber: number): boolean;
  /**
   * The `complete_since` that is kept for a claim with this one: itself, or with no epoch free the next higher one, which
   * claims less and so stays sound. A walk has to go by it from the start: under a lower one than can be kept, what it
   * credited would never look as if it had been there, and every path through the graph would be walked again.
   */
  bound(completeSince: number): number;
  /** Credits the entry under what `bound` gave; keeps the lower `complete_since` if it was credited before. */
  credit(entryNumber: number, completeSince: number): void;
}

const PAGE_BITS = 10;
const PAGE_SIZE = 2 ** PAGE_BITS;
const PLACE_IN_PAGE = PAGE_SIZE - 1;
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
    if (epochs.length < MAX_EPOCHS) return epochs.push(completeSince);
    return nearestAbove(completeSince);
  }

  function nearestAbove(completeSince: number): number {
    let best = 0;
    for (let index = 1; index < epochs.length; index++) {
      const value = epochs[index] as number;
      if (value >= completeSince && value < (epochs[best] as number)) best = index;
    }
    return best + 1;
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
    bound: (completeSince) => epochs[epochFor(completeSince) - 1] as number,
    has: (entryNumber) => epochOf(entryNumber) !== 0,
    credit(entryNumber, completeSince) {
      const before = since(entryNumber);
      if (before !== null && before <= completeSince) return;
      pageToWrite(entryNumber >>> PAGE_BITS)[entryNumber & PLACE_IN_PAGE] = epochFor(completeSince);
    },
  };
}

/**
 * Items by the time at which they are due: the earliest is found at once, however many there are (a binary heap). Times
 * may change under it. One that became later, or Infinity for "no more", is noticed when the old time comes to the top;
 * one that became earlier must be added again.
 */
export class DueQueue<T> {
  readonly #heap: Node<T>[] = [];
  /** The time under which each item stands in the heap. Nodes that say something else are left over. */
  readonly #times = new Map<T, number>();

  add(item: T, at: number): void {
    const known = this.#times.get(item);
    if (at === Number.POSITIVE_INFINITY || (known !== undefined && known <= at)) return;
    this.#times.set(item, at);
    this.#push({ at, item });
  }

  /** The earliest time of all; Infinity when there is none. `timeOf` says when an item is due by now. */
  nextAt(timeOf: (item: T) => number): number {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#times.get(first.item) === first.at) {
        const at = timeOf(first.item);
        if (at <= first.at) return at;
        this.#times.delete(first.item);
        this.add(first.item, at);
      }
      this.#removeFirst();
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Takes out what is due. */
  takeDue(now: number, timeOf: (item: T) => number): T[] {
    const due: T[] = [];
    while (this.nextAt(timeOf) <= now) {
      const [first] = this.#heap;
      if (first === undefined) break;
      due.push(first.item);
      this.#times.delete(first.item);
      this.#removeFirst();
    }
    return due;
  }

  #push(node: Node<T>): void {
    const heap = this.#heap;
    let index = heap.push(node) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as Node<T>;
      if (parent.at <= node.at) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = node;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const node = heap.pop();
    if (node === undefined || heap.length === 0) return;
    let index = 0;
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      const right = heap[child + 1];
      if (right !== undefined && right.at < (heap[child] as Node<T>).at) child++;
      const smaller = heap[child] as Node<T>;
      if (node.at <= smaller.at) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = node;
  }
}

interface Node<T> {
  readonly at: number;
  readonly item: T;
}

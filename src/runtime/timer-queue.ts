interface Timer {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | null;
}

/** A binary heap of timers by (time, order of scheduling). Cancelled timers stay until they reach the top. */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  #scheduled = 0;
  #live = 0;

  /** Timers that will fire. */
  get size(): number {
    return this.#live;
  }

  /** Returns what cancels the timer; cancelling twice, or after it fired, does nothing. */
  add(at: number, callback: () => void): () => void {
    const timer: Timer = { at, order: this.#scheduled++, callback };
    this.#heap.push(timer);
    this.#raise(this.#heap.length - 1);
    this.#live++;
    return () => {
      if (timer.callback === null) return;
      timer.callback = null;
      this.#live--;
    };
  }

  nextAt(): number | null {
    return this.#top()?.at ?? null;
  }

  /** Takes out the first timer that is due at `now`; null when none is. */
  takeDue(now: number): (() => void) | null {
    const timer = this.#top();
    if (timer === null || timer.at > now) return null;
    this.#removeTop();
    this.#live--;
    const { callback } = timer;
    timer.callback = null;
    return callback;
  }

  #top(): Timer | null {
    for (;;) {
      const timer = this.#heap[0];
      if (timer === undefined) return null;
      if (timer.callback !== null) return timer;
      this.#removeTop();
    }
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #raise(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #sink(from: number): void {
    let parent = from;
    for (;;) {
      const left = 2 * parent + 1;
      const least = this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(least, parent)) return;
      this.#swap(least, parent);
      parent = least;
    }
  }

  /** Positions outside the heap come last. */
  #before(first: number, second: number): boolean {
    const a = this.#heap[first];
    const b = this.#heap[second];
    if (a === undefined || b === undefined) return a !== undefined;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(first: number, second: number): void {
    const a = this.#heap[first];
    const b = this.#heap[second];
    if (a === undefined || b === undefined) return;
    this.#heap[first] = b;
    this.#heap[second] = a;
  }
}

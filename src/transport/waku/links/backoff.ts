/** When to try again: the pause grows from `first` to `last` milliseconds, each varied by a fifth up or down. */
export class Backoff {
  private readonly first: number;
  private readonly last: number;
  private next: number;

  constructor(first: number, last: number) {
    this.first = first;
    this.last = last;
    this.next = first;
  }

  /** The pause before the coming attempt; grows with each call. */
  pause(): number {
    const pause = this.next;
    this.next = Math.min(this.last, pause * GROWTH);
    // Clients that lost the same service node at the same moment should not all come back at the same moment.
    return pause * (1 + SPREAD * (Math.random() * 2 - 1));
  }

  reset(): void {
    this.next = this.first;
  }
}

const GROWTH = 1.5;
const SPREAD = 0.2;

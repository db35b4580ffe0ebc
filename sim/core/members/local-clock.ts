/** The wall clock of one device: off by something, too fast or too slow, and set by people now and then. */
export class LocalClock {
  readonly #rate: number;
  #offset: number;

  constructor(offsetMs: number, driftPpm: number) {
    this.#offset = offsetMs;
    this.#rate = 1 + driftPpm / 1_000_000;
  }

  /** `elapsed` is true time since the start of the world, which began at `epoch`. */
  at(epoch: number, elapsed: number): number {
    return Math.floor(epoch + elapsed * this.#rate + this.#offset);
  }

  jump(ms: number): void {
    this.#offset += ms;
  }
}

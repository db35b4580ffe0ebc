import type { Frame } from "../network/frame.ts";

/**
 * The intake of a device that takes its time for each frame that is pushed to it, as on a busy machine: they wait in the
 * order in which they came.
 */
export class SlowIntake {
  readonly #waiting: { readonly frame: Frame; readonly arrivedAt: number }[] = [];
  readonly #now: () => number;
  readonly #takesMs: () => number;
  readonly #after: (ms: number, run: () => void) => void;
  readonly #take: (frame: Frame, arrivedAt: number) => void;
  longestLagMs = 0;

  constructor(options: {
    readonly now: () => number;
    readonly takesMs: () => number;
    readonly after: (ms: number, run: () => void) => void;
    readonly take: (frame: Frame, arrivedAt: number) => void;
  }) {
    this.#now = options.now;
    this.#takesMs = options.takesMs;
    this.#after = options.after;
    this.#take = options.take;
  }

  add(frame: Frame): void {
    this.#waiting.push({ frame, arrivedAt: this.#now() });
    if (this.#waiting.length === 1) this.#next();
  }

  /** For so long the oldest that waits has waited. */
  lagMs(): number {
    const [oldest] = this.#waiting;
    const lag = oldest === undefined ? 0 : this.#now() - oldest.arrivedAt;
    this.longestLagMs = Math.max(this.longestLagMs, lag);
    return lag;
  }

  #next(): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    this.#after(this.#takesMs(), () => {
      this.#waiting.shift();
      this.#take(oldest.frame, oldest.arrivedAt);
      this.#next();
    });
  }
}

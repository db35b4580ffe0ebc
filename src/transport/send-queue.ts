import { TransportError } from "./port.ts";

interface Job<T> {
  readonly run: (deadline: number) => Promise<T>;
  readonly deadline: number;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Runs sends in the order in which they came, at most `maxInFlight` at once, each settled by its deadline whether or not
 * its turn came.
 */
export class SendQueue<T> {
  private readonly maxInFlight: number;
  private readonly timeoutMs: number;
  private readonly waiting: Job<T>[] = [];
  private readonly running = new Set<Job<T>>();
  private paused = true;

  /** Starts paused. */
  constructor(maxInFlight: number, timeoutMs: number) {
    this.maxInFlight = maxInFlight;
    this.timeoutMs = timeoutMs;
  }

  get inFlight(): number {
    return this.running.size;
  }

  /** `run` gets the moment (ms since the epoch) at which the caller is told `timeout`. */
  add(run: (deadline: number) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job: Job<T> = { run, deadline: Date.now() + this.timeoutMs, resolve, reject, timer: undefined };
      job.timer = setTimeout(() => this.expire(job), this.timeoutMs);
      this.waiting.push(job);
      this.pump();
    });
  }

  /** Lets waiting sends wait; those in flight go on. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.pump();
  }

  /** Rejects the sends whose turn has not come. */
  rejectWaiting(error: () => TransportError): void {
    for (const job of this.waiting.splice(0)) {
      clearTimeout(job.timer);
      job.reject(error());
    }
  }

  /** Rejects every send, also those in flight. */
  rejectAll(error: () => TransportError): void {
    this.rejectWaiting(error);
    for (const job of this.running) {
      clearTimeout(job.timer);
      job.reject(error());
    }
  }

  private pump(): void {
    while (!this.paused && this.running.size < this.maxInFlight) {
      const job = this.waiting.shift();
      if (job === undefined) {
        return;
      }
      this.running.add(job);
      void this.execute(job);
    }
  }

  private async execute(job: Job<T>): Promise<void> {
    try {
      job.resolve(await job.run(job.deadline));
    } catch (error) {
      job.reject(error instanceof Error ? error : new Error(String(error)));
    } finally {
      clearTimeout(job.timer);
      this.running.delete(job);
      this.pump();
    }
  }

  private expire(job: Job<T>): void {
    const index = this.waiting.indexOf(job);
    if (index >= 0) {
      this.waiting.splice(index, 1);
    }
    const reason = index >= 0 ? "no turn to send came" : "no answer from the network";
    job.reject(new TransportError("timeout", `${reason} within ${this.timeoutMs} ms; try again`));
  }
}

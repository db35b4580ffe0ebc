import type { Clock } from "../runtime/port.ts";
import { TransportError } from "./port.ts";

/**
 * Runs sends in the order in which they came, at most `maxInFlight` at once, each settled by its time limit whether or
 * not its turn came. Starts paused.
 */
export interface SendQueue<T> {
  /** How many are with the network, those included whose caller was told `timeout` already. */
  inFlight(): number;
  /** Rejects with `TransportError` `timeout` at its time limit, which counts from this call on. */
  add(run: () => Promise<T>): Promise<T>;
  /** Lets waiting sends wait; those in flight go on. */
  pause(): void;
  resume(): void;
  /** Rejects the sends whose turn has not come. */
  rejectWaiting(error: () => TransportError): void;
  /** Rejects every send, also those in flight. */
  rejectAll(error: () => TransportError): void;
}

export interface SendQueueOptions {
  readonly clock: Clock;
  readonly maxInFlight: number;
  readonly timeoutMs: number;
}

interface Job<T> {
  readonly run: () => Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
  readonly cancelLimit: () => void;
}

export function createSendQueue<T>({ clock, maxInFlight, timeoutMs }: SendQueueOptions): SendQueue<T> {
  const waiting: Job<T>[] = [];
  const running = new Set<Job<T>>();
  let paused = true;

  function pump(): void {
    while (!paused && running.size < maxInFlight) {
      const job = waiting.shift();
      if (job === undefined) return;
      running.add(job);
      void execute(job);
    }
  }

  async function execute(job: Job<T>): Promise<void> {
    try {
      job.resolve(await job.run());
    } catch (error) {
      job.reject(error instanceof Error ? error : new Error(String(error)));
    } finally {
      job.cancelLimit();
      running.delete(job);
      pump();
    }
  }

  function expire(job: Job<T>): void {
    const index = waiting.indexOf(job);
    if (index >= 0) waiting.splice(index, 1);
    const reason = index >= 0 ? "no turn to send came" : "no answer from the network";
    job.reject(new TransportError("timeout", `${reason} within ${timeoutMs} ms; try again`));
  }

  function rejectThese(jobs: Iterable<Job<T>>, error: () => TransportError): void {
    for (const job of jobs) {
      job.cancelLimit();
      job.reject(error());
    }
  }

  return {
    inFlight: () => running.size,
    add: (run) =>
      new Promise<T>((resolve, reject) => {
        const cancelLimit = clock.schedule(timeoutMs, () => expire(job));
        const job: Job<T> = { run, resolve, reject, cancelLimit };
        waiting.push(job);
        pump();
      }),
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      pump();
    },
    rejectWaiting: (error) => rejectThese(waiting.splice(0), error),
    rejectAll: (error) => {
      rejectThese(waiting.splice(0), error);
      rejectThese(running, error);
    },
  };
}

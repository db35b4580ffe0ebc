import type { Clock } from "../../runtime/port.ts";

/**
 * What was read from one Store need not be given by the next one, so they are read one after the other. But nobody is waited for
 * for long: a Store that plays for time would keep us from all others.
 */
const PATIENCE_MS = 10_000;

/** Whose turn it is to read. */
export interface ReadTurns {
  /** Runs `read` when the reads that were wanted before have ended, or soon in any case. */
  take<T>(read: () => Promise<T>): Promise<T>;
  isIdle(): boolean;
  /** Nobody waits any longer. */
  close(): void;
}

export function createReadTurns(clock: Pick<Clock, "schedule">): ReadTurns {
  const underWay = new Set<Promise<unknown>>();
  const waiting = new Set<() => void>();

  /** Resolves with all of them, and soon in any case. */
  function within(reads: readonly Promise<unknown>[]): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        waiting.delete(done);
        resolve();
      };
      const cancel = clock.schedule(PATIENCE_MS, done);
      waiting.add(done);
      void Promise.allSettled(reads).then(done);
    });
  }

  return {
    take: async (read) => {
      const before = [...underWay];
      const mine = (async () => {
        if (before.length > 0) await within(before);
        return await read();
      })();
      underWay.add(mine);
      try {
        return await mine;
      } finally {
        underWay.delete(mine);
      }
    },
    isIdle: () => underWay.size === 0,
    close: () => {
      for (const done of [...waiting]) done();
    },
  };
}

import type { BridgePort } from "../src/bridge/ports/port.ts";

/** What a page sends to the worker that it started. */
export interface WorkerStart {
  readonly port: MessagePort;
  /** Web Lock that this worker holds as long as it runs. */
  readonly lock: string;
}

const HELD = "lock held";

/**
 * The worker's side. No event tells a page that its worker is gone; a lock that the worker held, and the browser freed, does. Where
 * locks are denied, the bridge's pings find out later.
 */
export function holdWhileRunning(
  lock: string,
  page: { postMessage(message: unknown): void },
  locks: LockManager = navigator.locks,
): void {
  locks
    .request(lock, () => {
      page.postMessage(HELD);
      return new Promise<never>(() => {});
    })
    .catch(() => {});
}

/** The page's side: `port`, which also closes as soon as the worker loses `lock`. */
export function closedWithWorker(port: BridgePort, worker: Worker, lock: string): BridgePort {
  const closings = new Set<() => void>();
  const waiting = new AbortController();

  function end(): void {
    waiting.abort();
    port.close();
    const told = [...closings];
    closings.clear();
    for (const listener of told) listener();
  }

  worker.addEventListener(
    "message",
    ({ data }) => {
      // Asked for sooner, the page could get the lock before the worker does.
      if (data === HELD) navigator.locks.request(lock, { signal: waiting.signal }, end).catch(() => {});
    },
    { signal: waiting.signal },
  );
  port.onClose(end);
  return {
    ...port,
    onClose(listener) {
      closings.add(listener);
      return () => closings.delete(listener);
    },
    close() {
      closings.clear();
      end();
    },
  };
}

/** One page or worker: its own `navigator.locks`, whose locks and requests end with it. */
export interface LockClient {
  readonly locks: LockManager;
  /** The browser ends it: closed, crashed or terminated. What it held is free; nothing of it is called any more. */
  end(): void;
}

/** The Web Locks of one origin, for tests in Node. */
export interface LockSpace {
  client(): LockClient;
}

interface Request {
  readonly name: string;
  readonly mode: LockMode;
  readonly clientId: string;
  /** Called in a later job, as browsers do, and only while its client lives. */
  readonly grant: (lock: Lock | null) => void;
  /** A thief took it. */
  readonly lose: () => void;
}

/**
 * Web Locks as the standard has them (w3.org/TR/web-locks): a queue for each name, exclusive and shared modes,
 * `ifAvailable`, `steal`, `signal` until the lock is granted, `query`. A lock lasts until its callback's promise settles.
 */
export function createLockSpace(): LockSpace {
  let held: Request[] = [];
  let pending: Request[] = [];
  let lastClient = 0;

  function isGrantable(request: Request): boolean {
    const others = held.filter(({ name }) => name === request.name);
    return others.length === 0 || (request.mode === "shared" && others.every(({ mode }) => mode === "shared"));
  }

  /** In order: whoever cannot be granted yet holds up those behind it that want the same name. */
  function process(): void {
    const blocked = new Set<string>();
    for (const request of [...pending]) {
      if (blocked.has(request.name) || !isGrantable(request)) {
        blocked.add(request.name);
        continue;
      }
      pending = pending.filter((other) => other !== request);
      hold(request);
    }
  }

  function hold(request: Request): void {
    held.push(request);
    request.grant({ name: request.name, mode: request.mode });
  }

  function release(request: Request): void {
    held = held.filter((other) => other !== request);
    process();
  }

  function steal(name: string): void {
    const lost = held.filter((request) => request.name === name);
    held = held.filter((request) => request.name !== name);
    for (const { lose } of lost) lose();
  }

  function client(): LockClient {
    const clientId = `client ${++lastClient}`;
    let isAlive = true;

    function request(
      name: string,
      optionsOrCallback: LockOptions | LockGrantedCallback<unknown>,
      maybeCallback?: LockGrantedCallback<unknown>,
    ): Promise<unknown> {
      const options = typeof optionsOrCallback === "function" ? {} : optionsOrCallback;
      const callback = typeof optionsOrCallback === "function" ? optionsOrCallback : maybeCallback;
      const { mode = "exclusive", ifAvailable = false, steal: steals = false, signal } = options;
      return new Promise((resolve, reject) => {
        const refused = refusal(name, { mode, ifAvailable, steals, hasSignal: signal !== undefined });
        if (callback === undefined) throw new TypeError("A callback is needed.");
        if (refused !== null) throw refused;
        signal?.throwIfAborted();
        const onAbort = (): void => {
          pending = pending.filter((other) => other !== asked);
          reject(signal?.reason);
          process();
        };
        const asked: Request = {
          ...{ name, mode, clientId },
          grant(lock) {
            signal?.removeEventListener("abort", onAbort);
            setTimeout(async () => {
              if (!isAlive) return;
              let settle: () => void;
              try {
                const result = await callback(lock);
                settle = () => resolve(result);
              } catch (error) {
                settle = () => reject(error);
              }
              // Given back by another thread, so a moment after the callback has ended.
              setTimeout(() => {
                if (!isAlive) return;
                if (lock !== null) release(asked);
                settle();
              });
            });
          },
          lose: () => isAlive && reject(new DOMException("The lock was stolen.", "AbortError")),
        };
        if (steals) {
          steal(name);
          hold(asked);
          return;
        }
        const isFirst = isGrantable(asked) && !pending.some((other) => other.name === name);
        if (ifAvailable && !isFirst) {
          asked.grant(null);
          return;
        }
        pending.push(asked);
        signal?.addEventListener("abort", onAbort, { once: true });
        process();
      });
    }

    const locks: LockManager = {
      request: request as LockManager["request"],
      query: async () => ({ held: held.map(infoOf), pending: pending.map(infoOf) }),
    };
    return {
      locks,
      end() {
        isAlive = false;
        held = held.filter((other) => other.clientId !== clientId);
        pending = pending.filter((other) => other.clientId !== clientId);
        process();
      },
    };
  }

  return { client };
}

const infoOf = ({ name, mode, clientId }: Request): LockInfo => ({ name, mode, clientId });

function refusal(
  name: string,
  {
    mode,
    ifAvailable,
    steals,
    hasSignal,
  }: { mode: LockMode; ifAvailable: boolean; steals: boolean; hasSignal: boolean },
): DOMException | null {
  const contradicts =
    name.startsWith("-") || (steals && (ifAvailable || mode !== "exclusive")) || (hasSignal && (steals || ifAvailable));
  return contradicts ? new DOMException("These cannot be asked for together.", "NotSupportedError") : null;
}

/** A page whose site data is blocked: each call of its lock manager rejects with `SecurityError`. */
export function deniedLocks(): LockManager {
  const deny = (): Promise<never> => Promise.reject(new DOMException("Site data is blocked.", "SecurityError"));
  return { request: deny as LockManager["request"], query: deny };
}

/** Names that are held, or waited for, sorted. */
export async function namesOf(locks: LockManager, which: "held" | "pending"): Promise<readonly string[]> {
  const { [which]: infos = [] } = await locks.query();
  return infos.map(({ name = "" }) => name).sort();
}

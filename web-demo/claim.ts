/**
 * Which participant a tab is. Each participant is held by at most one tab, by a Web Lock that the browser frees when
 * the tab is closed, reloaded or crashes.
 */
export interface Claim {
  readonly participant: string;
  /** Lets another tab be this participant. */
  release(): void;
}

export interface TabClaim extends Claim {
  /** Somebody new: there was no participant in this tab, or another tab is that one. */
  readonly fresh: boolean;
  /** The participant of the tab that this one is a duplicate of. */
  readonly duplicateOf: string | null;
}

/** The page before a reload may hold its lock for a moment longer than the new page takes to ask. */
const WAIT_AFTER_RELOAD_MS = 5_000;
/** The same for any other navigation in a tab; a duplicated tab waits this long for nothing. */
const WAIT_OTHERWISE_MS = 700;

const lockName = (participant: string): string => `hearback.participant.${participant}`;

/** Resolves with the claim, or null if somebody else holds it for all of `waitMs`. */
export async function claimParticipant(participant: string, waitMs: number): Promise<Claim | null> {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return new Promise((resolve, reject) => {
    const options: LockOptions = waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
    navigator.locks
      .request(lockName(participant), options, (lock) => {
        resolve(lock === null ? null : { participant, release });
        return lock === null ? undefined : held;
      })
      .catch((error: unknown) => {
        if (isTimeout(error)) resolve(null);
        // Site data is blocked for this page: there is nothing to guard, and the first request to the worker says so.
        else if (error instanceof DOMException && error.name === "SecurityError") resolve({ participant, release });
        else reject(error);
      });
  });
}

/** `remembered` is the participant that the tab's session names. */
export async function claimForTab(remembered: string | null, reloaded: boolean): Promise<TabClaim> {
  if (remembered !== null) {
    const claim = await claimParticipant(remembered, reloaded ? WAIT_AFTER_RELOAD_MS : WAIT_OTHERWISE_MS);
    if (claim !== null) return { ...claim, fresh: false, duplicateOf: null };
  }
  const claim = await claimParticipant(crypto.randomUUID(), 0);
  if (claim === null) throw new Error("A fresh participant id was taken: the random numbers of this browser repeat.");
  return { ...claim, fresh: true, duplicateOf: remembered };
}

/** Participants that some tab of this browser holds now. */
export async function openParticipants(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  const prefix = lockName("");
  return new Set(held.flatMap(({ name = "" }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

export function wasReloaded(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation !== undefined && "type" in navigation && navigation.type === "reload";
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "TimeoutError" || error.name === "AbortError");
}

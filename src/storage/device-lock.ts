/** The right to write to one database; ends with `release` or with the tab, worker or process that holds it. */
export interface WriterClaim {
  /** Resolves when others can claim it. Idempotent. Close the storage first. */
  release(): Promise<void>;
}

/**
 * Claims to be the one writer of database `name` by a Web Lock, for `navigator.locks` of a page or worker. Null: another
 * tab holds it. The browser ends the claim when the holder dies, so it is a lease without a clock; should a holder be
 * frozen and lose it, the fencing token in the database stops its writes.
 */
export async function claimWriter(locks: LockManager, name: string): Promise<WriterClaim | null> {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return new Promise((resolve, reject) => {
    const ended = locks.request(`hearback/writer/${name}`, { ifAvailable: true }, async (lock) => {
      if (lock === null) return resolve(null);
      resolve({
        release: async () => {
          release();
          await ended.catch(() => undefined);
        },
      });
      await held;
    });
    // Also reached when somebody steals the lock: by then the claim was given out and the fence takes over.
    ended.catch(reject);
  });
}

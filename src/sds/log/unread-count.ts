/**
 * What others wrote and nobody on this device has seen. People read to a place in the log; what comes later and belongs
 * before that place was not there when they read, so it is counted by itself until they read to there again.
 */
export interface Unread {
  /** Everything up to here was seen, as it was then. */
  lastReadLamport: number;
  /** Behind that place. Derived. */
  behind: number;
  /** Before it, come since. */
  late: number;
}

export function createUnread(): Unread {
  return { lastReadLamport: 0, behind: 0, late: 0 };
}

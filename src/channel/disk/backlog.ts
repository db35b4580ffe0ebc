/** What came and waits for its turn, bounded by number and by bytes: a sender must not fill this device's memory. */
export interface Backlog {
  readonly count: number;
  readonly bytes: number;
  hasRoomFor(bytes: number): boolean;
  add(bytes: number): void;
  remove(bytes: number): void;
}

/** For small ones, as what is kept beside each is more than itself. Those above 3.3 kB on average reach the bytes first. */
const MAX_COUNT = 10_000;
export const MAX_BACKLOG_BYTES = 32 * 1024 * 1024;

export function createBacklog(): Backlog {
  let count = 0;
  let waiting = 0;
  return {
    get count() {
      return count;
    },
    get bytes() {
      return waiting;
    },
    //= protocol: LIMIT-9
    hasRoomFor: (bytes) => count < MAX_COUNT && waiting + bytes <= MAX_BACKLOG_BYTES,
    add: (bytes) => {
      count++;
      waiting += bytes;
    },
    remove: (bytes) => {
      count--;
      waiting -= bytes;
    },
  };
}

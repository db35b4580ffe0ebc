import type { PageRequest } from "./message-store.ts";

/** Where a message stands in the order of the store. */
export interface Place {
  readonly timestamp: bigint;
  readonly hash: Uint8Array;
}

/** Both ends exclusive. */
export interface PlaceRange {
  readonly after: Place;
  readonly before: Place;
}

const LEAST_TIMESTAMP = -(2n ** 63n);
const MOST_TIMESTAMP = 2n ** 63n - 1n;
/** Before every hash of its timestamp, so that a bound with it includes (as `after`) or excludes (as `before`) them. */
const NO_HASH = new Uint8Array(0);
/** After every hash of its timestamp. */
const PAST_HASHES = new Uint8Array(33).fill(0xff);

/** The part of the store that a page is cut from: the time range, from the cursor on in the direction of the walk. */
export function rangeOf({ filter, forward }: PageRequest, cursor: Place | undefined): PlaceRange {
  const { timeStart, timeEnd } = filter;
  const after: Place = { timestamp: clamp(timeStart ?? LEAST_TIMESTAMP), hash: NO_HASH };
  const before: Place =
    timeEnd === undefined || timeEnd > MOST_TIMESTAMP
      ? { timestamp: MOST_TIMESTAMP, hash: PAST_HASHES }
      : { timestamp: clamp(timeEnd), hash: NO_HASH };
  if (cursor === undefined) {
    return { after, before };
  }
  if (forward) {
    return { after: cursor.timestamp >= after.timestamp ? cursor : after, before };
  }
  // At equal timestamps the bound without a hash is the smaller one.
  const isInside = cursor.timestamp < before.timestamp || before.hash === PAST_HASHES;
  return { after, before: isInside ? cursor : before };
}

function clamp(timestamp: bigint): bigint {
  if (timestamp < LEAST_TIMESTAMP) {
    return LEAST_TIMESTAMP;
  }
  return timestamp > MOST_TIMESTAMP ? MOST_TIMESTAMP : timestamp;
}

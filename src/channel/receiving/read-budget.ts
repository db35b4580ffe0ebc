import type { HistoryPage } from "../../transport/port.ts";

/** Of what is no news. A day of checkpoints of a hundred people are 8 MB; what is left of a longer one is read after a pause. */
const MAX_WASTED_BYTES = 32 * 1024 * 1024;
/** What a page costs at least, however little is in it: so 2,048 of them are listed, of which all is held. */
const MIN_PAGE_BYTES = 16 * 1024;
/** Around a payload: topic, hash, cursor. */
const BYTES_AROUND = 128;
/** A Store that is asked for the last page twenty times in vain is slow, or plays for time. */
const MAX_WASTED_MS = 60_000;
/** A link of 56 kbit/s brings ten messages a second. */
const MS_PER_MESSAGE = 500;

/** What was given in answer to one request. */
export interface PageRead {
  readonly page: HistoryPage;
  /** How many messages there are now that were not held before. */
  readonly news: number;
  /** How long it was waited for. */
  readonly waitedMs: number;
}

/** How much of what a Store gives may be no news. */
export interface ReadBudget {
  /** False: it is used up, and the read is to end here. */
  spend(read: PageRead): boolean;
}

/**
 * A Store can make up messages as fast as it likes, or one each twenty seconds: they have hashes and times like others, and only who
 * has the channel's key sees that they are none. So a read goes on for as long as it brings news, however long the history is, and
 * ends when so many bytes, or so much waiting, brought none.
 */
export function createReadBudget(): ReadBudget {
  let [wastedBytes, wastedMs] = [0, 0];

  return {
    spend: ({ page: { frames }, news, waitedMs }) => {
      const bytes = frames.reduce((sum, { payload }) => sum + payload.length + BYTES_AROUND, 0);
      const fresh = frames.length === 0 ? 0 : Math.min(1, news / frames.length);
      wastedBytes += Math.max(MIN_PAGE_BYTES, bytes) * (1 - fresh);
      wastedMs += Math.max(0, waitedMs - Math.min(news, frames.length) * MS_PER_MESSAGE);
      return wastedBytes <= MAX_WASTED_BYTES && wastedMs <= MAX_WASTED_MS;
    },
  };
}

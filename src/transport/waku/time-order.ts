import type { InboundFrame } from "../port.ts";
import { senselessAnswer } from "./wire/errors.ts";

/** Relays take what is up to 20 s off their clock, either way: some Stores sort by when a message came. */
const SLACK_MS = 40_000;
/** Of what is outside the span that was asked for: a first page may have some at its edge, and clocks run ahead. */
const MOST_IDLE_PAGES = 5;

/** Looks at what a Store gives of a span of time, page by page, and throws when it cannot be. */
export interface TimeOrder {
  /** What of the page is in the span. */
  take(frames: readonly InboundFrame[]): readonly InboundFrame[];
}

export interface TimeSpan {
  /** Inclusive, ms. */ readonly from: number;
  /** Exclusive, ms. */ readonly to: number;
}

/**
 * Times rise in a page, and from page to page in the direction of reading: a Store that goes back and forth in time could be read for
 * ever. A page with nothing of the span in it is passed over, a few times.
 */
export function createTimeOrder({ from, to }: TimeSpan, direction: "forward" | "backward"): TimeOrder {
  let [newest, oldest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let idlePages = 0;

  function requireRising(frames: readonly InboundFrame[]): void {
    let before = direction === "forward" ? newest : Number.NEGATIVE_INFINITY;
    for (const { timestamp } of frames) {
      if (timestamp === undefined) continue;
      if (timestamp < before - SLACK_MS) throw disorder();
      before = Math.max(before, timestamp);
    }
  }

  function note(frames: readonly InboundFrame[]): void {
    const times = frames.flatMap(({ timestamp }) => timestamp ?? []);
    const [first, last] = [times.at(0), times.at(-1)];
    if (first === undefined || last === undefined) return;
    if (direction === "backward" && last > oldest + SLACK_MS) throw disorder();
    newest = Math.max(newest, last);
    oldest = Math.min(oldest, first);
  }

  return {
    take: (frames) => {
      requireRising(frames);
      note(frames);
      const inSpan = frames.filter(({ timestamp }) => timestamp === undefined || (timestamp >= from && timestamp < to));
      idlePages = inSpan.length === 0 ? idlePages + 1 : 0;
      if (idlePages > MOST_IDLE_PAGES)
        throw senselessAnswer(new RangeError("pages of other times than were asked for"));
      return inSpan;
    },
  };
}

function disorder(): Error {
  return senselessAnswer(new RangeError("a page that is older than the one before it"));
}

import type { Clock } from "../../runtime/port.ts";
import {
  HISTORY_OVERLAP_MS,
  HISTORY_POLL_MS,
  HORIZON_MS,
  LAMPORT_EMBARGO_MS,
} from "../../sds/parameters/parameters.ts";
import type { HistoryPage, HistoryQuery } from "../../transport/port.ts";
import { createReadBudget } from "./read-budget.ts";
import type { ReadTurns } from "./read-turns.ts";

/** A Store that restarts is back in seconds; one that stays away is asked once a minute, which costs neither side much. */
const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;
/** Who gave 32 MiB of nothing gives as much again: two megabytes a second on average at first, 36 kB a second in the end. */
const CUT_FIRST_MS = 15_000;
/** Clocks differ by less, mostly, and relays refuse what is off by more than 20 s. What was dated still earlier waits for a whole read. */
export const SHORT_OVERLAP_MS = 60_000;
/** Of a page: what is shorter is on screen, newest and all, before the newest could be asked for. */
const WORTH_A_LOOK = 20;

export type TimeQuery = Extract<HistoryQuery, { by: "time" }>;

/** Keeps up with the Store of one service node: what that one said moves its own cursor and no other. */
export interface SourceReader {
  /** It is there, or there again: it is read after so many milliseconds, and again now and then. */
  begin(afterMs: number): void;
  /** It is gone for now. */
  pause(): void;
  /** One is under way, or waits for its turn. */
  isReading(): boolean;
  /** Whether a read of it has ended, in whatever way, since this run began. */
  wasTried(): boolean;
  close(): void;
}

export interface SourceReaderOptions {
  readonly clock: Clock;
  readonly turns: Pick<ReadTurns, "take">;
  /** Without its span; of this source. */
  readonly query: Omit<TimeQuery, "from" | "to">;
  readonly queryHistory: (query: TimeQuery) => AsyncIterable<HistoryPage>;
  /** Up to where it was read; 0: never. */
  readonly cursor: () => number;
  /** Up to where any was read when the channel was opened; 0: none ever was. */
  readonly lastReadAt: number;
  /** Whether so much is held that a Store should be asked for what is missing only. */
  readonly isHeld: () => TimeQuery["isHeld"] | undefined;
  /** Messages held. */
  readonly messages: () => number;
  /** A first page of some length is about to be taken in. */
  readonly onLong: (query: TimeQuery) => Promise<void>;
  readonly onPage: (page: HistoryPage) => Promise<void>;
  /** Everything up to this time, by this device's clock, that this source has was taken in. */
  readonly onRead: (startedAt: number) => void;
  /** A read came to its end, was ended for what it brought, or broke off. Nothing of it is under way any more. */
  readonly onEnd: (how: "read" | "cut" | "broken", wasLong: boolean) => void;
}

interface Plan {
  readonly startedAt: number;
  readonly isWhole: boolean;
  readonly from: number;
}

export function createSourceReader(options: SourceReaderOptions): SourceReader {
  const { clock, turns, cursor, lastReadAt, messages } = options;
  let cancelTimer = () => {};
  let reading = false;
  /** Asked for while a read was under way. */
  let again = false;
  let present = false;
  let closed = false;
  let tried = false;
  let failures = 0;
  /** Reads in a row that were not worth going on with. A connection that comes back is no reason to begin with small pauses again. */
  let cuts = 0;
  /** When the last whole read began. */
  let wholeAt: number | undefined;
  /** A whole read that broke off goes on where it was. */
  let rest: Plan | undefined;

  function schedule(ms: number): void {
    cancelTimer();
    if (!closed && present) cancelTimer = clock.schedule(ms, () => void readNow());
  }

  /**
   * The overlap covers clocks that differ, and messages that reached the Store late. A connection that comes back makes do with a
   * short one: a whole read is due soon, and goes back to before what was read since the last one. A cursor in the future is from
   * a clock that was set right since: nobody knows what was read by it.
   */
  function planNow(): Plan {
    const startedAt = clock.now();
    const isWhole = wholeAt === undefined || wholeAt > startedAt || startedAt - wholeAt >= HISTORY_POLL_MS;
    if (isWhole && rest !== undefined && rest.startedAt <= startedAt) return rest;
    rest = undefined;
    //= protocol: STORE-1
    const place = isWhole ? Math.min(cursor(), wholeAt ?? cursor()) - HISTORY_OVERLAP_MS : cursor() - SHORT_OVERLAP_MS;
    const useful = cursor() > 0 && cursor() <= startedAt;
    return { startedAt, isWhole, from: Math.max(0, useful ? place : firstPlace(startedAt)) };
  }

  /** One that was never read is asked for a day, and for all that was said while this device was away. */
  function firstPlace(startedAt: number): number {
    //= protocol: STORE-7
    const away = lastReadAt > 0 ? lastReadAt - HISTORY_OVERLAP_MS : startedAt;
    return Math.min(startedAt - HORIZON_MS, away);
  }

  async function readNow(): Promise<void> {
    if (closed || !present) return;
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    again = false;
    await turns.take(readOnce);
    reading = false;
    if (again && present) schedule(0);
  }

  async function readOnce(): Promise<void> {
    if (closed || !present) return;
    const plan = planNow();
    const isHeld = options.isHeld();
    //= protocol: STORE-6
    const held = isHeld === undefined ? {} : { isHeld };
    const query = { ...options.query, from: plan.from, to: clock.now() + LAMPORT_EMBARGO_MS, ...held };
    let reached = plan.from;
    let pages = 0;
    let wasLong = false;

    async function takePages(): Promise<"all" | "cut"> {
      const budget = createReadBudget();
      let askedAt = clock.now();
      for await (const page of options.queryHistory(query)) {
        const waitedMs = clock.now() - askedAt;
        const isLong = pages++ === 0 && page.frames.length >= WORTH_A_LOOK;
        wasLong ||= isLong;
        if (isLong) await options.onLong(query);
        if (closed) return "cut";
        const before = messages();
        await options.onPage(page);
        if (closed) return "cut";
        reached = Math.max(reached, page.frames.at(-1)?.timestamp ?? 0);
        //= protocol: STORE-8
        if (!budget.spend({ page, news: messages() - before, waitedMs })) return "cut";
        askedAt = clock.now();
      }
      return "all";
    }

    function goOnLater(ms: number): void {
      //= protocol: STORE-8
      if (plan.isWhole && reached > plan.from)
        rest = { ...plan, from: Math.max(plan.from, reached - SHORT_OVERLAP_MS) };
      schedule(ms);
    }

    try {
      const outcome = await takePages();
      if (closed) return;
      if (outcome === "cut") {
        goOnLater(Math.min(HISTORY_POLL_MS, CUT_FIRST_MS * 2 ** cuts++));
      } else {
        rest = undefined;
        [failures, cuts] = [0, 0];
        if (plan.isWhole) wholeAt = plan.startedAt;
        //= protocol: STORE-1
        schedule(plan.isWhole || wholeAt === undefined ? HISTORY_POLL_MS : wholeAt + HISTORY_POLL_MS - clock.now());
      }
      end(outcome === "all" ? "read" : "cut", wasLong);
      //= protocol: STORE-2
      if (outcome === "all") options.onRead(plan.startedAt);
    } catch {
      // No Store answered. Live messages go on; the past is asked for again.
      //= protocol: STORE-1, STORE-4
      goOnLater(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** failures++));
      end("broken", wasLong);
    }
  }

  function end(how: "read" | "cut" | "broken", wasLong: boolean): void {
    tried = true;
    if (!closed) options.onEnd(how, wasLong);
  }

  return {
    begin: (afterMs) => {
      present = true;
      failures = 0;
      schedule(afterMs);
    },
    pause: () => {
      present = false;
      cancelTimer();
    },
    isReading: () => reading,
    wasTried: () => tried,
    close: () => {
      closed = true;
      cancelTimer();
    },
  };
}

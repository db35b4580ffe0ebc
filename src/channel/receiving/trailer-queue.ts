import type { VerdictOf } from "../../identity/keys/verdicts.ts";
import type { Clock } from "../../runtime/port.ts";
import type { ParticipantId } from "../../sds/wire/ids.ts";
import { createBacklog, MAX_BACKLOG_BYTES } from "../disk/backlog.ts";
import type { TrailerToVerify } from "./incoming.ts";

/**
 * Verifies trailers behind the delivery: people see a message on its author's signature, and who has what a moment
 * later. Waiting makes batches, and in a batch most trailers need no verdict: the newest one of a sender, taken first,
 * usually says all that the older ones say.
 */
export interface TrailerQueue {
  /** False: there is no room, which is counted, and it is as if it had never come. */
  add(trailer: TrailerToVerify): boolean;
  /** When the first of those that came live, and are not settled yet, was pushed to this device; null: there is none. */
  since(): number | null;
  /** So many wait that whoever can wait should. */
  isLong(): boolean;
  /** Resolves when all that were added so far are verified and applied, or dropped. */
  idle(): Promise<void>;
  close(): void;
}

export interface TrailerQueueOptions {
  readonly clock: Clock;
  readonly verdictOf: VerdictOf;
  /** Messages wait to be taken in; trailers let them go first, for a while. */
  readonly isBusy: () => boolean;
  /** It would change nothing, so it need not be verified. */
  readonly addsNothing: (trailer: TrailerToVerify) => boolean;
  readonly apply: (trailer: TrailerToVerify) => void;
  readonly refuse: (reason: string) => void;
}

/** Short beside the seconds that acks take, long enough to gather a burst. */
const GATHER_MS = 20;
/** Under a load that never ends, trailers get their turn as often as this. */
const MAX_GATHER_MS = 500;
/** Verdicts in one go: where the engine has none of its own, some milliseconds in which nothing else runs. */
const VERDICTS_IN_A_ROW = 16;
/** Looked at in one go, verified or not; each takes some microseconds. */
const LOOKS_IN_A_ROW = 256;
/** Whoever reads a Store waits then: a tenth of what may wait in all, a quarter of its bytes, so live ones still have room. */
const LONG = 1_000;
const LONG_BYTES = MAX_BACKLOG_BYTES / 4;

interface Idler {
  batches: number;
  readonly resolve: () => void;
}

export function createTrailerQueue(options: TrailerQueueOptions): TrailerQueue {
  const { clock, verdictOf, isBusy, addsNothing, apply, refuse } = options;
  let waiting: TrailerToVerify[] = [];
  /** Of those that wait, and of the batch that is being verified: when the first one came, by the device's clock. */
  let waitingSince: number | null = null;
  let runningSince: number | null = null;
  /** Those of the batch that is being verified too. */
  const backlog = createBacklog();
  let cancelTimer: (() => void) | null = null;
  let running: Promise<void> | null = null;
  let gatheredMs = 0;
  let endPause = (): void => {};
  let closed = false;
  /** Who waits, and for how many batches: whoever never stops talking must not hold them up for ever. */
  const idlers = new Set<Idler>();

  function schedule(): void {
    if (closed || running !== null || cancelTimer !== null || waiting.length === 0) return;
    cancelTimer = clock.schedule(GATHER_MS, () => {
      cancelTimer = null;
      gatheredMs += GATHER_MS;
      if (isBusy() && gatheredMs < MAX_GATHER_MS && idlers.size === 0) schedule();
      else begin();
    });
  }

  function begin(): void {
    cancelTimer?.();
    cancelTimer = null;
    gatheredMs = 0;
    running ??= run().finally(() => {
      running = null;
      runningSince = null;
      for (const idler of idlers) if (--idler.batches <= 0) release(idler);
      if (waiting.length > 0) schedule();
    });
  }

  async function run(): Promise<void> {
    const batch = inUsefulOrder(waiting)[Symbol.iterator]();
    waiting = [];
    [runningSince, waitingSince] = [waitingSince, null];
    let next = batch.next();
    let verdicts = 0;
    let looks = 0;
    while (next.done !== true && !closed) {
      const group = new Map<ParticipantId, TrailerToVerify>();
      for (; next.done !== true; next = batch.next()) {
        const trailer = next.value;
        // Of one sender they come one after the other: the first may say all that the second does.
        if (looks >= LOOKS_IN_A_ROW || verdicts >= VERDICTS_IN_A_ROW || group.has(trailer.claim.sender)) break;
        looks++;
        //= protocol: SIGN-12
        if (trailer.copy === null && addsNothing(trailer)) {
          backlog.remove(trailer.size);
          continue;
        }
        verdicts++;
        group.set(trailer.claim.sender, trailer);
      }
      await settleAll([...group.values()]);
      if (looks < LOOKS_IN_A_ROW && verdicts < VERDICTS_IN_A_ROW) continue;
      [looks, verdicts] = [0, 0];
      await pause();
    }
  }

  /** Lets others have a turn. */
  async function pause(): Promise<void> {
    if (closed) return;
    await new Promise<void>((resolve) => {
      const cancel = clock.schedule(0, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  /** All at once, as engines verify beside this thread; what follows from it in the order given. */
  async function settleAll(group: readonly TrailerToVerify[]): Promise<void> {
    const problems = await Promise.all(group.map((trailer) => trailer.verify(verdictOf)));
    for (const [index, trailer] of group.entries()) {
      if (closed) return;
      backlog.remove(trailer.size);
      const problem = problems[index];
      if (problem === null) apply(trailer);
      else refuse(problem ?? "bad-trailer-signature");
    }
  }

  function release(idler: Idler): void {
    idlers.delete(idler);
    idler.resolve();
  }

  return {
    add: (trailer) => {
      if (closed) return false;
      //= protocol: LIMIT-9
      if (!backlog.hasRoomFor(trailer.size)) {
        refuse("inbound-full");
        return false;
      }
      backlog.add(trailer.size);
      waiting.push(trailer);
      waitingSince ??= trailer.arrivedAt ?? null;
      schedule();
      return true;
    },
    since: () => runningSince ?? waitingSince,
    isLong: () => waiting.length >= LONG || backlog.bytes >= LONG_BYTES,
    idle: async () => {
      const batches = (running === null ? 0 : 1) + (waiting.length > 0 ? 1 : 0);
      if (closed || batches === 0) return;
      await new Promise<void>((resolve) => void idlers.add({ batches, resolve }));
    },
    close: () => {
      closed = true;
      cancelTimer?.();
      endPause();
      waiting = [];
      for (const idler of idlers) release(idler);
    },
  };
}

/**
 * What was said just now, in the order in which it was said: it tells who is there and what they ask for. Then the
 * rest, the newest first.
 */
export function inUsefulOrder(trailers: readonly TrailerToVerify[]): TrailerToVerify[] {
  const isWord = ({ of, source }: TrailerToVerify) => of === null && source === "live";
  const others = trailers.filter((trailer) => !isWord(trailer));
  return [...trailers.filter(isWord), ...others.sort((a, b) => b.claim.lamport - a.claim.lamport)];
}

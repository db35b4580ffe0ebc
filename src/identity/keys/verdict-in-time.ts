import type { Clock } from "../../runtime/port.ts";
import { verifyStrict } from "./ed25519-key.ts";
import type { Signed, VerdictOf } from "./verdicts.ts";

/** A verdict takes less than a millisecond, behind a hundred others on a busy machine some tenths of a second. */
const LIMIT_MS = 5_000;
/** So that an engine which answers no more costs a wait now and then, and one that was only suspended is asked again. */
const PAUSE_MS = 60_000;

/** Verdicts that come in any case, for as long as they are wanted. */
export interface TimedVerdicts {
  readonly verdictOf: VerdictOf;
  /** Nobody wants them any more: what is still asked for is false, and no timer is left. */
  close(): void;
}

/** Somebody who waits for a verdict. */
interface Waiting {
  readonly signed: Signed;
  readonly askedAt: number;
  readonly settle: (holds: boolean) => void;
}

/** The same verdicts; what an engine leaves without an answer is computed here, and then it is not asked for a while. */
export function inTime(verdictOf: VerdictOf, clock: Clock): TimedVerdicts {
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let closed = false;
  /** In the order in which they asked. */
  const waiting = new Set<Waiting>();
  /**
   * One for all who wait, and it is left to run out when nobody does: in a browser setting a timer and taking it back costs more than
   * a step of the protocol. Null: none runs.
   */
  let cancelTimer: (() => void) | null = null;

  function ask(signed: Signed): Promise<boolean> {
    return new Promise((resolve) => {
      const one: Waiting = { signed, askedAt: clock.now(), settle: resolve };
      waiting.add(one);
      cancelTimer ??= clock.schedule(LIMIT_MS, lookAgain);
      void verdictOf(signed).then((holds) => settle(one, holds));
    });
  }

  function settle(one: Waiting, holds: boolean): void {
    waiting.delete(one);
    one.settle(holds);
  }

  /** Whoever waits for longer than the limit gets the verdict from here. A clock that was set moves that by as much, at most to now. */
  function lookAgain(): void {
    const now = clock.now();
    cancelTimer = null;
    for (const one of waiting) {
      const left = one.askedAt + LIMIT_MS - now;
      if (left > 0 && left <= LIMIT_MS) {
        cancelTimer = clock.schedule(left, lookAgain);
        return;
      }
      pausedUntil = now + PAUSE_MS;
      settle(one, computedHere(one.signed));
    }
  }

  return {
    verdictOf: async (signed) => {
      if (closed) return false;
      return clock.now() < pausedUntil ? computedHere(signed) : await ask(signed);
    },
    close: () => {
      closed = true;
      cancelTimer?.();
      for (const one of waiting) settle(one, false);
    },
  };
}

function computedHere({ publicKey, message, signature }: Signed): boolean {
  return verifyStrict(publicKey, message, signature);
}

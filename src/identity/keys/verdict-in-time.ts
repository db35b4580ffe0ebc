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

/** The same verdicts; what an engine leaves without an answer is computed here, and then it is not asked for a while. */
export function inTime(verdictOf: VerdictOf, clock: Clock): TimedVerdicts {
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let closed = false;
  const giveUps = new Set<() => void>();

  function ask(signed: Signed): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (holds: boolean): void => {
        cancel();
        giveUps.delete(giveUp);
        resolve(holds);
      };
      const giveUp = (): void => settle(false);
      const cancel = clock.schedule(LIMIT_MS, () => {
        pausedUntil = clock.now() + PAUSE_MS;
        settle(computedHere(signed));
      });
      giveUps.add(giveUp);
      void verdictOf(signed).then(settle);
    });
  }

  return {
    verdictOf: async (signed) => {
      if (closed) return false;
      return clock.now() < pausedUntil ? computedHere(signed) : await ask(signed);
    },
    close: () => {
      closed = true;
      for (const giveUp of giveUps) giveUp();
    },
  };
}

function computedHere({ publicKey, message, signature }: Signed): boolean {
  return verifyStrict(publicKey, message, signature);
}

import type { Clock } from "../../runtime/port.ts";
import { verifyStrict } from "./ed25519-key.ts";
import type { VerdictOf } from "./verdicts.ts";

/** A verdict takes less than a millisecond, behind a hundred others on a busy machine some tenths of a second. */
const LIMIT_MS = 5_000;
/** So that an engine which answers no more costs a wait now and then, and one that was only suspended is asked again. */
const PAUSE_MS = 60_000;

/** The same verdicts; what an engine leaves without an answer is computed here, and then it is not asked for a while. */
export function inTime(verdictOf: VerdictOf, clock: Clock): VerdictOf {
  let pausedUntil = Number.NEGATIVE_INFINITY;
  return (signed) =>
    new Promise((resolve) => {
      const computeHere = () => resolve(verifyStrict(signed.publicKey, signed.message, signed.signature));
      if (clock.now() < pausedUntil) return computeHere();
      const cancel = clock.schedule(LIMIT_MS, () => {
        pausedUntil = clock.now() + PAUSE_MS;
        computeHere();
      });
      void verdictOf(signed).then((holds) => {
        cancel();
        resolve(holds);
      });
    });
}

import type { Clock } from "../../../runtime/port.ts";
import { hostOf } from "./addresses.ts";

/** Whoever floods us does so again, and each time costs a dial, a handshake and megabytes. */
const PAUSE_MS = 5 * 60_000;

/** Service nodes that broke a limit on what they may send, and are not dialled for some minutes. */
export interface LeftAlone {
  note(address: string): void;
  /** Milliseconds by the clock; 0 for one that may be dialled. */
  until(address: string): number;
}

/** As many are kept as a network names addresses: no others are dialled. */
export function createLeftAlone(clock: Pick<Clock, "now">): LeftAlone {
  const untilByHost = new Map<string, number>();

  return {
    note: (address) => void untilByHost.set(hostOf(address), clock.now() + PAUSE_MS),
    until: (address) => {
      const until = untilByHost.get(hostOf(address)) ?? 0;
      // A clock that was set back is no reason to wait for longer.
      return until > clock.now() && until <= clock.now() + PAUSE_MS ? until : 0;
    },
  };
}

import type { Clock } from "../../../runtime/port.ts";
import { hostOf } from "./addresses.ts";

/**
 * - `flood`: it sent more than it may. Whoever does so does it again, and each time costs a dial, a handshake and megabytes
 * - `another-network`: it serves another one, mostly by a mistake in an address or a setting, which takes a person to mend
 */
export type LeftAloneFor = "flood" | "another-network";

const PAUSE_MS: Readonly<Record<LeftAloneFor, number>> = { flood: 5 * 60_000, "another-network": 60_000 };

/** Service nodes that are not dialled for a while, whatever happens. */
export interface LeftAlone {
  note(address: string, why: LeftAloneFor): void;
  /** Milliseconds by the clock; 0 for one that may be dialled. */
  until(address: string): number;
  /** Why it is left alone, or was last. */
  why(address: string): LeftAloneFor | undefined;
}

/** As many are kept as a network names addresses: no others are dialled. */
export function createLeftAlone(clock: Pick<Clock, "now">): LeftAlone {
  const byHost = new Map<string, { readonly until: number; readonly why: LeftAloneFor }>();

  return {
    note: (address, why) => void byHost.set(hostOf(address), { until: clock.now() + PAUSE_MS[why], why }),
    until: (address) => {
      const noted = byHost.get(hostOf(address));
      if (noted === undefined) return 0;
      // A clock that was set back is no reason to wait for longer.
      return noted.until > clock.now() && noted.until <= clock.now() + PAUSE_MS[noted.why] ? noted.until : 0;
    },
    why: (address) => byHost.get(hostOf(address))?.why,
  };
}

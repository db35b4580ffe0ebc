import { connectedNow } from "../../../src/sds/clock/connected-time.ts";
import type { LogEntry } from "../../../src/sds/log/log-entry.ts";
import { checkInTime, type Pause } from "./moment.ts";

/** DELIVER-5: nothing waits for its causes longer than p5 of connected time, from when it was first seen to wait. */
export class Waiting {
  #since = new Map<LogEntry, number>();

  pause(pause: Pause): void {
    const { state, now } = pause;
    const connectedMs = connectedNow(state, now);
    const waiting = new Map<LogEntry, number>();
    for (const entry of state.log.buffered) {
      const since = this.#since.get(entry) ?? connectedMs;
      waiting.set(entry, since);
      const waitedMs = connectedMs - since;
      checkInTime(
        { member: pause.member, now: waitedMs },
        state.identity.parameters.lostAfterMs,
        () => `the end of waiting with ${entry.id}`,
      );
    }
    this.#since = waiting;
  }
}

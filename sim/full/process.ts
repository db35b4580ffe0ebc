import type { Clock } from "../../src/runtime/port.ts";
import type { VirtualClock } from "../../src/runtime/virtual-clock.ts";
import type { LocalClock } from "../core/members/local-clock.ts";

/** One life of a member's process: its timers end with it. */
export class SimProcess {
  dead = false;
  readonly clock: Clock;
  readonly #timers = new Set<() => void>();

  constructor(world: VirtualClock, local: LocalClock, epoch: number) {
    this.clock = {
      now: () => local.at(epoch, world.now() - epoch),
      schedule: (ms, callback) => {
        if (this.dead) return () => {};
        const cancelTimer = world.schedule(Math.ceil(ms), () => {
          this.#timers.delete(cancelTimer);
          if (!this.dead) callback();
        });
        this.#timers.add(cancelTimer);
        return () => {
          this.#timers.delete(cancelTimer);
          cancelTimer();
        };
      },
    };
  }

  kill(): void {
    this.dead = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }
}

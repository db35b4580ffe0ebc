import type { Clock } from "../../../runtime/port.ts";

/** Words that were pushed into a dead connection are read out of the Store, and so no later than this. */
const LOOK_EVERY_MS = 3_000;
/**
 * A service node finds out in this time that the connection before is dead: ours at once, when the subscription comes over another one,
 * others when a ping (10 to 20 s) or the kernel (20 to 60 s) tells them.
 */
const LASTS_MS = 60_000;

/**
 * Whether a service node may still push into a connection that we had before the present one. It knows us by our key, not
 * by the connection; it agrees to push over the new one, and some go on with the old one as long as nobody tells them that it is dead.
 */
export interface Doubt {
  /** The connection came back, or a push was broken off. */
  begin(): void;
  /** Something was pushed over the present connection. */
  end(): void;
  exists(): boolean;
  /** When the service node is to be asked next, and history read again; `Infinity` when there is no doubt. */
  dueAt(): number;
  /** For how long messages may be missing. */
  lastsMs(): number;
  /** Both has been done. */
  looked(): void;
}

export function createDoubt(clock: Pick<Clock, "now">): Doubt {
  let begunAt: number | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  function end(): void {
    begunAt = undefined;
    dueAt = Number.POSITIVE_INFINITY;
  }

  return {
    begin: () => {
      begunAt = clock.now();
      dueAt = begunAt + LOOK_EVERY_MS;
    },
    end,
    exists: () => begunAt !== undefined,
    dueAt: () => dueAt,
    lastsMs: () => (begunAt === undefined ? 0 : clock.now() - begunAt),
    looked: () => {
      if (begunAt === undefined) return;
      const now = clock.now();
      //= protocol: STORE-5
      if (now - begunAt >= LASTS_MS) end();
      else dueAt = now + LOOK_EVERY_MS;
    },
  };
}

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
  /** The connection came back. */
  begin(): void;
  /** A push was broken off: that what follows comes does not bring back what it held, so there is a look in any case. */
  lost(): void;
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
  /** What was said since then may be missing. */
  let since: number | undefined;
  let begunAt = Number.NEGATIVE_INFINITY;
  let dueAt = Number.POSITIVE_INFINITY;
  let isOwed = false;
  /** Something was pushed since it began, so it ends with the look that is owed. */
  let isPushed = false;

  function begin(): void {
    begunAt = clock.now();
    isPushed = false;
    since ??= begunAt;
    // Not put off by what comes again and again.
    dueAt = Math.min(dueAt, begunAt + LOOK_EVERY_MS);
  }

  function end(): void {
    isPushed = true;
    if (isOwed) return;
    since = undefined;
    dueAt = Number.POSITIVE_INFINITY;
  }

  return {
    begin,
    lost: () => {
      isOwed = true;
      begin();
    },
    end,
    exists: () => since !== undefined,
    dueAt: () => dueAt,
    lastsMs: () => (since === undefined ? 0 : clock.now() - since),
    looked: () => {
      if (since === undefined) return;
      isOwed = false;
      const now = clock.now();
      // Where it begins again and again, what is older was looked for.
      since = Math.max(since, now - LASTS_MS);
      //= protocol: STORE-5
      if (isPushed || now - begunAt >= LASTS_MS) end();
      else dueAt = now + LOOK_EVERY_MS;
    },
  };
}

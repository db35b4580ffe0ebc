import type { Clock } from "../runtime/port.ts";
import type { ChannelState } from "../sds/channel-state.ts";
import { giveUpBodies } from "../sds/give-up-bodies.ts";
import type { Change } from "../sds/records.ts";
import type { ChannelStorage } from "../storage/port.ts";
import type { BodyCache } from "./body-cache.ts";

/** So much goes at once, then the disk is tried again. */
const BATCH = { count: 1_000, bytes: 4 * 1024 * 1024 };
/**
 * For one group of changes not more than this share of the bodies goes in vain, or this much. A browser's database gives
 * space back late and in leaps; and if others fill the disk, giving up all would not help (docs/architecture.md).
 */
const SHARE = 0.25;
const AT_LEAST_BYTES = 4 * 1024 * 1024;
/** Space is given back by work that the database does in the background. */
const PAUSE_MS = 500;

/**
 * Makes room for a group of changes that did not fit; `attempt` counts from 0 for each group. Gives what is to be written
 * together with it, or null when no more is to be given up.
 */
export type MakeRoom = (attempt: number) => Promise<readonly Change[] | null>;

export interface MakeRoomOptions {
  readonly state: ChannelState;
  readonly storage: ChannelStorage;
  readonly bodies: Pick<BodyCache, "forget">;
  readonly clock: Clock;
}

/** Gives up the oldest bodies, a batch an attempt. */
export function createMakeRoom({ state, storage, bodies, clock }: MakeRoomOptions): MakeRoom {
  const channel = state.identity.channelId;
  let left = { count: 0, bytes: 0 };

  /**
   * Only deletions, as nothing else can be written now. How far it got is written later, and a crash may lose it; so it is
   * looked up what is there, or deleting what is long gone would use up what may go. Null when nothing is left.
   */
  async function giveUpBatch(): Promise<{ readonly count: number; readonly bytes: number } | null> {
    for (;;) {
      const chosen = giveUpBodies(state, BATCH);
      if (chosen.length === 0) return null;
      const ids = chosen.map(({ id }) => id);
      const held = await storage.readBodies(channel, ids);
      for (const id of ids) bodies.forget(id);
      if (held.length === 0) continue;
      const changes = held.map(({ id }): Change => ({ op: "delete", table: "body", key: id }));
      await storage.commit(channel, changes, "relaxed");
      return { count: held.length, bytes: held.reduce((sum, body) => sum + body.bytes.length, 0) };
    }
  }

  return async (attempt) => {
    if (attempt === 0) {
      const { log, bodiesSince } = state;
      const kept = log.size - log.position({ lamport: bodiesSince, id: "" });
      left = { count: kept * SHARE, bytes: AT_LEAST_BYTES };
    }
    if (left.count <= 0 && left.bytes <= 0) return null;
    const gone = await giveUpBatch();
    if (gone === null) return null;
    left = { count: left.count - gone.count, bytes: left.bytes - gone.bytes };
    await new Promise<void>((resolve) => void clock.schedule(PAUSE_MS, resolve));
    return [{ op: "meta", key: "bodiesSince", value: state.bodiesSince }];
  };
}

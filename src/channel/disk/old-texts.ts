import type { ChannelState } from "../../sds/channel-state.ts";
import { giveUpBodies } from "../../sds/holes/give-up-bodies.ts";
import type { Change } from "../../sds/io/records.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import type { BodyCache } from "./body-cache.ts";

/** So much goes at once, then the disk is tried again. Larger batches delete more than is needed (docs/architecture.md). */
const BATCH = { count: 1_000, bytes: 4 * 1024 * 1024 };

/** The oldest bodies of one channel, which go when the disk is full. */
export interface OldTexts {
  /** How many bodies it holds in all. */
  count(): number;
  /** Null when no more of them may go. */
  giveUpBatch(): Promise<{ readonly count: number; readonly bytes: number } | null>;
}

export interface OldTextsOptions {
  readonly state: ChannelState;
  readonly storage: ChannelStorage;
  readonly bodies: Pick<BodyCache, "forget">;
}

export function createOldTexts({ state, storage, bodies }: OldTextsOptions): OldTexts {
  const channel = state.identity.channelId;
  return {
    count: () => state.log.order.size - state.log.order.position({ lamport: state.holes.bodiesSince, id: "" }),
    /**
     * Only deletions, as nothing else can be written now. How far it got is written later, and a crash may lose it; so it is
     * looked up what is there, or deleting what is long gone would use up what may go.
     */
    giveUpBatch: async () => {
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
    },
  };
}

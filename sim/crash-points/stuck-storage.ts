import type { ChannelStorage } from "../../src/storage/port.ts";
import { wrapStorage } from "../../src/storage/wrap-storage.ts";

export interface StuckPlan {
  /** Counted from 1. */
  readonly write: number;
  /** Called when this write is asked for. */
  readonly onStuck: () => void;
}

/** `inner`, of which one commit and all behind it never come to an end and write nothing. Reads go on. */
export function createStuckStorage(inner: ChannelStorage, { write, onStuck }: StuckPlan): ChannelStorage {
  let writes = 0;
  return {
    ...wrapStorage(inner, (call) => call()),
    commit: (channel, changes, durability) => {
      if (++writes < write) return inner.commit(channel, changes, durability);
      if (writes === write) onStuck();
      return new Promise<never>(() => undefined);
    },
  };
}

import type { ChannelStorage } from "../../src/storage/port.ts";
import { wrapStorage } from "../../src/storage/wrap-storage.ts";
import type { DexieDeviceDisk } from "./dexie-device-disk.ts";

export interface BreakPlan {
  /** Counted from 1. */
  readonly write: number;
  readonly disk: DexieDeviceDisk;
  /** Called when the process dies, which is when the transaction has been broken off. */
  readonly onCrash: () => void;
}

/** `inner`, of which the process dies in the middle of one commit. Afterwards no call settles. */
export function createBreakingStorage(inner: ChannelStorage, { write, disk, onCrash }: BreakPlan): ChannelStorage {
  let writes = 0;
  let dead = false;
  const alive = async <T>(call: () => Promise<T>): Promise<T> => {
    if (dead) return never();
    const result = await call();
    return dead ? never() : result;
  };
  return {
    ...wrapStorage(inner, alive),
    commit: async (channel, changes, durability) => {
      if (dead) return never();
      if (++writes < write) return alive(() => inner.commit(channel, changes, durability));
      dead = true;
      await disk.breakOff({ channel, changes, durability });
      onCrash();
      return never();
    },
  };
}

const never = (): Promise<never> => new Promise<never>(() => undefined);

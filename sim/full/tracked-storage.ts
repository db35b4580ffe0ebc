import type { Change, Durability } from "../../src/sds/io/records.ts";
import type { ChannelStorage } from "../../src/storage/port.ts";
import { wrapStorage } from "../../src/storage/wrap-storage.ts";
import { SimDisk } from "../core/members/disk.ts";
import type { DeviceDisk } from "./device-disk.ts";
import { whileUnderWay } from "./under-way.ts";

/** A device's disk, with the oracle's own account of what is on it. */
export class TrackedDisk {
  readonly device: DeviceDisk;
  readonly account = new SimDisk();

  constructor(device: DeviceDisk) {
    this.device = device;
  }

  crash(keep: number): void {
    this.device.crash(keep);
    this.account.crash(keep);
  }
}

export interface TrackedHooks {
  /** Called with what is about to be written, in the order of writing. */
  readonly onCommit: (changes: readonly Change[], durability: Durability) => void;
  /** Resolves when a write may land. */
  readonly beforeWrite: (durability: Durability) => Promise<void>;
  readonly isDead: () => boolean;
}

/** One life's storage on the disk. After the process died no call settles and nothing is written. */
export async function openTrackedStorage(disk: TrackedDisk, hooks: TrackedHooks): Promise<ChannelStorage> {
  const inner = await whileUnderWay(disk.device.open());
  const alive = async <T>(call: () => Promise<T>): Promise<T> => {
    if (hooks.isDead()) return never();
    const result = await whileUnderWay(call());
    return hooks.isDead() ? never() : result;
  };
  return {
    ...wrapStorage(inner, alive),
    commit: async (channel, changes, durability) => {
      if (hooks.isDead()) return never();
      await hooks.beforeWrite(durability);
      if (hooks.isDead()) return never();
      hooks.onCommit(changes, durability);
      const written = whileUnderWay(inner.commit(channel, changes, durability));
      disk.account.commit(changes, durability);
      await written;
      if (hooks.isDead()) return never();
    },
  };
}

const never = (): Promise<never> => new Promise<never>(() => undefined);

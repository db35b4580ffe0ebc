import type { Change, Durability } from "../../sds/io/records.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { DeviceRecord } from "../port.ts";
import { ChannelTables } from "./channel-tables.ts";

/** What outlives a `createMemoryStorage` instance: open a second one on the same disk to "reload". */
export interface MemoryDisk {
  readonly channels: Map<ChannelId, DiskChannel>;
  readonly devices: Map<ChannelId, DeviceRecord>;
  /**
   * A power cut: of each channel, what strict commits put on disk stays, and of the relaxed commits since then only the
   * first `keep` (default 0). Device records and drops are strict, so they stay.
   */
  crash(keep?: number): void;
}

/** One channel on a disk that can lose its unsynced tail. */
export class DiskChannel {
  #live = new ChannelTables();
  #durable = new ChannelTables();
  #unsynced: (readonly Change[])[] = [];

  get tables(): ChannelTables {
    return this.#live;
  }

  commit(changes: readonly Change[], durability: Durability): void {
    this.#live.apply(changes);
    this.#unsynced.push(changes);
    if (durability === "strict") this.#sync(this.#unsynced.length);
  }

  crash(keep: number): void {
    this.#sync(keep);
    this.#live = this.#durable.copy();
  }

  #sync(count: number): void {
    for (const changes of this.#unsynced.slice(0, count)) this.#durable.apply(changes);
    this.#unsynced = [];
  }
}

/** An empty disk. */
export function createMemoryDisk(): MemoryDisk {
  const channels = new Map<ChannelId, DiskChannel>();
  return {
    channels,
    devices: new Map(),
    crash(keep = 0) {
      for (const channel of channels.values()) channel.crash(keep);
    },
  };
}

import { createMemoryDisk } from "../../src/storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import type { DeviceDisk } from "./device-disk.ts";

/** The product's storage in memory, on a disk that loses its tail. */
export function createMemoryDeviceDisk(): DeviceDisk {
  const disk = createMemoryDisk();
  return { open: async () => createMemoryStorage(disk), crash: (keep) => disk.crash(keep) };
}

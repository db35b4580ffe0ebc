import { describe, it } from "vitest";
import { storageContract } from "./contract.ts";
import { createMemoryDisk } from "./memory/memory-disk.ts";
import { createMemoryStorage } from "./memory/memory-storage.ts";

describe("memory storage keeps the contract", () => {
  for (const { name, run } of storageContract) {
    it(name, () =>
      run(async () => {
        const disk = createMemoryDisk();
        let storage = createMemoryStorage(disk);
        const reopen = async () => {
          await storage.close();
          storage = createMemoryStorage(disk);
          return storage;
        };
        return { storage, reopen, dispose: () => storage.close() };
      }),
    );
  }
});

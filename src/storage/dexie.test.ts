import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, it } from "vitest";
import { storageContract } from "./contract.ts";
import { createDexieStorage } from "./dexie/dexie-storage.ts";

describe("dexie storage keeps the contract (fake-indexeddb)", () => {
  for (const { name, run } of storageContract) {
    it(name, () =>
      run(async () => {
        const options = { name: "hearback-contract", indexedDB: new IDBFactory(), IDBKeyRange };
        let storage = await createDexieStorage(options);
        const reopen = async () => {
          await storage.close();
          storage = await createDexieStorage(options);
          return storage;
        };
        return { storage, reopen, dispose: () => storage.close() };
      }),
    );
  }
});

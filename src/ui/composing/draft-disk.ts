/** Drafts in IndexedDB: what was given to it survives the death of the browser's process a few milliseconds later. */
export interface DraftDisk {
  /** Undefined when there is none, or the browser keeps nothing here. */
  get(key: string): Promise<unknown>;
  put(key: string, draft: object): void;
  delete(key: string): void;
}

/** No participant's database: those begin with `hearback-`. */
const DATABASE = "hearback.drafts";
const STORE = "draft";

/**
 * Writes one transaction after the other, each with the newest of every key: who types is faster than a disk. What cannot be written
 * is lost with the browser, as before.
 */
export function createDraftDisk(factory: () => IDBFactory | undefined = () => globalThis.indexedDB): DraftDisk {
  let opening: Promise<IDBDatabase> | null = null;
  const waiting = new Map<string, object | null>();
  let isWriting = false;

  function open(): Promise<IDBDatabase> {
    opening ??= new Promise<IDBDatabase>((resolve, reject) => {
      const indexedDB = factory();
      if (indexedDB === undefined) throw new Error("This browser keeps nothing here.");
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const forget = (): void => {
          opening = null;
        };
        // Site data is cleared, or a later version comes.
        request.result.onversionchange = () => {
          forget();
          request.result.close();
        };
        request.result.onclose = forget;
        resolve(request.result);
      };
    });
    opening.catch(() => {
      opening = null;
    });
    return opening;
  }

  async function write(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    try {
      while (waiting.size > 0) {
        const db = await open();
        const some = [...waiting];
        waiting.clear();
        await done(db, "readwrite", (store) => {
          for (const [key, draft] of some) {
            if (draft === null) store.delete(key);
            else store.put(draft, key);
          }
          return null;
        });
      }
    } catch {
      // The shelf has it for as long as the browser lives.
      waiting.clear();
    } finally {
      isWriting = false;
    }
  }

  return {
    get: async (key) => {
      try {
        const request = await done(await open(), "readonly", (store) => store.get(key));
        return request?.result;
      } catch {
        return undefined;
      }
    },
    put: (key, draft) => {
      waiting.set(key, draft);
      void write();
    },
    delete: (key) => {
      waiting.set(key, null);
      void write();
    },
  };
}

export const draftDisk: DraftDisk = createDraftDisk();

/** Resolves when the transaction is complete. */
function done<T>(db: IDBDatabase, mode: IDBTransactionMode, act: (store: IDBObjectStore) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORE, mode, { durability: "relaxed" });
    const result = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error);
  });
}

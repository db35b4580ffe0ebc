import { Dexie } from "dexie";
import { StorageError } from "../port.ts";
import { toStorageError } from "./errors.ts";
import { newestVersion, SCHEMA_VERSIONS, type SchemaVersion, versionOf } from "./schema.ts";

export interface OpenOptions {
  readonly name: string;
  readonly indexedDB?: IDBFactory | undefined;
  readonly IDBKeyRange?: typeof IDBKeyRange | undefined;
  readonly schema?: readonly SchemaVersion[] | undefined;
  /** How long an upgrade waits for other connections to close. */
  readonly blockedTimeoutMs?: number | undefined;
}

export interface OpenedDatabase {
  readonly native: IDBDatabase;
  readonly KeyRange: typeof IDBKeyRange;
  /** Ends the connection; running transactions finish. */
  close(): void;
}

const BLOCKED_TIMEOUT_MS = 5_000;
const UPDATED = "Hearback was updated in another tab: reload this one.";
const DELETED = "The stored data of this participant was deleted: reload.";
const FORCED = "The browser closed the storage (site data cleared?): reload.";
const BLOCKED = "Another tab keeps the storage open with an older version: close other Hearback tabs, then reload.";
const NEWER = "The data was written by a newer version of Hearback: reload to get that version.";

/**
 * Opens (and creates or upgrades) the database. `onLost` is called once if the connection ends from outside: another
 * tab upgrades or deletes the database, or the browser closes it. Rejects with `StorageError`; never hangs on a tab
 * that does not let go.
 */
export async function openDatabase(
  options: OpenOptions,
  onLost: (error: StorageError) => void,
): Promise<OpenedDatabase> {
  const schema = options.schema ?? SCHEMA_VERSIONS;
  const dexie = createDexie(options, schema);
  let closing = false;
  const close = (): void => {
    closing = true;
    dexie.close({ disableAutoOpen: true });
  };
  dexie.on("versionchange", (event) => {
    onLost(new StorageError("closed", event.newVersion === null ? DELETED : UPDATED));
    close();
    // Dexie's own handler would only repeat this and warn on the console.
    return false;
  });
  dexie.on("close", () => {
    if (!closing) onLost(new StorageError("closed", FORCED));
  });
  try {
    await Promise.race([dexie.open(), rejectWhenBlocked(dexie, options.blockedTimeoutMs ?? BLOCKED_TIMEOUT_MS)]);
    assertNotNewer(dexie, schema);
  } catch (error) {
    close();
    throw toStorageError(error);
  }
  return { native: dexie.backendDB(), KeyRange: options.IDBKeyRange ?? IDBKeyRange, close };
}

function createDexie(options: OpenOptions, schema: readonly SchemaVersion[]): Dexie {
  const dexie = new Dexie(options.name, {
    autoOpen: false,
    cache: "disabled",
    ...(options.indexedDB === undefined ? {} : { indexedDB: options.indexedDB }),
    ...(options.IDBKeyRange === undefined ? {} : { IDBKeyRange: options.IDBKeyRange }),
  });
  for (const { version, stores, upgrade } of schema) {
    const declared = dexie.version(version).stores({ ...stores });
    if (upgrade !== undefined) declared.upgrade((transaction) => upgrade(transaction.idbtrans));
  }
  return dexie;
}

function rejectWhenBlocked(dexie: Dexie, timeoutMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    dexie.on("blocked", () => {
      setTimeout(() => reject(new StorageError("blocked", BLOCKED)), timeoutMs);
    });
  });
}

/** Dexie opens a database of a higher version without a word; an older program must not write into it. */
function assertNotNewer(dexie: Dexie, schema: readonly SchemaVersion[]): void {
  if (versionOf(dexie.backendDB()) > newestVersion(schema)) throw new StorageError("blocked", NEWER);
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import type { StoreLimits } from "./message-store.ts";
import { SqliteMessageStore } from "./sqlite-message-store.ts";

const FILE = "messages.sqlite";
const SCHEMA_VERSION = 1;
/** Long enough for a node that is just stopping to let go of the file. */
const LOCK_TIMEOUT_MS = 2_000;

type StoreErrorCode = "no-sqlite" | "in-use" | "unusable";

/** Why there is no message store on disk. `no-sqlite`: the optional package could not be built or loaded here. */
export class MessageStoreError extends Error {
  override readonly name = "MessageStoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Opens the message store in `folder`, which is made if need be. One process at a time: a second one gets `in-use`.
 * @throws MessageStoreError
 */
export async function openSqliteStore(folder: string, limits: Partial<StoreLimits> = {}): Promise<SqliteMessageStore> {
  const Database = await loadDriver();
  const file = join(folder, FILE);
  let database: BetterSqlite3.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    database = new Database(file, { timeout: LOCK_TIMEOUT_MS });
    prepareDatabase(database);
    return new SqliteMessageStore(database, limits);
  } catch (error) {
    database?.close();
    throw explain(error, file);
  }
}

/**
 * Sets up an open database: WAL, so that a kill at any instant loses nothing that `insert` returned from; the exclusive
 * lock, since the store counts what it holds in memory; tables and indexes.
 */
export function prepareDatabase(database: BetterSqlite3.Database): void {
  database.pragma("locking_mode = EXCLUSIVE");
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  const version = database.pragma("user_version", { simple: true }) as number;
  if (version > SCHEMA_VERSION) {
    throw new MessageStoreError("unusable", `it was written by a newer version (format ${version})`);
  }
  database.exec(`BEGIN IMMEDIATE;${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}

/** Each index holds all that a walk along it needs, so that a page touches no row it does not return. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    timestamp INTEGER NOT NULL,
    pubsub_topic TEXT NOT NULL,
    content_topic TEXT NOT NULL,
    message BLOB NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS by_time ON messages (timestamp, hash, bytes);
  CREATE INDEX IF NOT EXISTS by_pubsub_topic ON messages (pubsub_topic, timestamp, hash, bytes);
  CREATE INDEX IF NOT EXISTS by_content_topic ON messages (content_topic, timestamp, hash, pubsub_topic, bytes);`;

/** The package is optional: it may be absent, or its native part may not fit this Node. Both show only here. */
async function loadDriver(): Promise<typeof BetterSqlite3> {
  try {
    const { default: Database } = await import("better-sqlite3");
    new Database(":memory:").close();
    return Database;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
    throw new MessageStoreError("no-sqlite", `better-sqlite3 could not be loaded (${reason.slice(0, 120)})`, {
      cause: error,
    });
  }
}

function explain(error: unknown, file: string): MessageStoreError {
  const reason = error instanceof Error ? error.message : String(error);
  if (/SQLITE_BUSY/.test(String((error as { code?: unknown }).code))) {
    return new MessageStoreError("in-use", `another service node keeps its messages in ${file}`, { cause: error });
  }
  const advice = "move the file away, or choose another folder with --data";
  return new MessageStoreError("unusable", `${file} cannot be used as a message store (${reason}); ${advice}`, {
    cause: error,
  });
}

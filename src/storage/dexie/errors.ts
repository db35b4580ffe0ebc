import { StorageError, type StorageErrorCode } from "../port.ts";

/** Words for each way in which IndexedDB fails, by the name of its DOMException (Dexie keeps these names). */
const BY_NAME: Readonly<Record<string, readonly [StorageErrorCode, string]>> = {
  QuotaExceededError: ["quota", "The disk space for this site is used up: free some space, then try again."],
  InvalidStateError: ["closed", "The storage connection is closed: reload to open it again."],
  DatabaseClosedError: ["closed", "The storage connection is closed: reload to open it again."],
  VersionError: ["blocked", "The data was written by a newer version of Hearback: reload to get that version."],
  SecurityError: ["blocked", "The browser denies storage to this site: allow site data for it, then reload."],
  MissingAPIError: ["failed", "This browser offers no IndexedDB here: leave private browsing or use another browser."],
  NotReadableError: [
    "corrupt",
    "Stored data cannot be read from disk: restart the browser; if it stays, clear site data.",
  ],
  DataError: ["corrupt", "A stored value or key is not valid: restart the browser; if it stays, clear site data."],
  UnknownError: ["corrupt", "The browser cannot read its database: restart the browser and check for free disk space."],
  DataCloneError: ["failed", "A record holds something that cannot be stored: give it plain data."],
};

/** `error` as a `StorageError`; one that is already is returned as it is. */
export function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  for (const candidate of [error, innerOf(error)]) {
    const known = BY_NAME[nameOf(candidate)];
    if (known !== undefined) return new StorageError(known[0], known[1], { cause: error });
  }
  return new StorageError("failed", `The storage failed (${nameOf(error)}): try again, or reload.`, { cause: error });
}

const nameOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "name" in error ? String(error.name) : "unknown error";

/** Dexie wraps what failed to open: `OpenFailedError` with the browser's error in `inner`. */
const innerOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "inner" in error ? error.inner : undefined;

/**
 * Bytes that a worker may have, after gzip. It holds a whole Waku node, is loaded by every tab of the demo, and is started for
 * every event of the extension, so each byte is time that somebody waits. It has 307 kB, without what nobody calls of the SDK
 * (`left-out-of-sdk.ts`), and with the folding of the ledger, leaving in portions, packs of bytes and the bounds of hostile Stores:
 * room for a feature, and none for another library that nobody has looked at.
 */
export const WORKER_LIMIT_BYTES = 312_000;

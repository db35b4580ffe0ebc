/**
 * Bytes that a worker may have, after gzip. It holds a whole Waku node, is loaded by every tab of the demo, and is started for
 * every event of the extension, so each byte is time that somebody waits. It has 293 kB since what nobody calls of the SDK
 * is left out (`left-out-of-sdk.ts`): room for a feature, and none for another library that nobody has looked at.
 */
export const WORKER_LIMIT_BYTES = 300_000;

/**
 * Bytes that a worker may have, after gzip. It holds a whole Waku node, is loaded by every tab of the demo, and is started for
 * every event of the extension, so each byte is time that somebody waits. Verdicts by the engine and the checks of links took
 * it above 300 kB.
 */
export const WORKER_LIMIT_BYTES = 310_000;

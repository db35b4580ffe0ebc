/** Limits on hostile input (docs/protocol.md, section 15). The decoder is total; every rejection is counted by reason. */

/** Encrypted and in its frame it has at most the 150 KiB that the Waku network takes. */
export const MAX_MESSAGE_BYTES = 149 * 1024;
export const MAX_ID_BYTES = 128;
export const MAX_HISTORY_ENTRIES = 256;
export const MAX_REPAIR_REQUESTS = 8;
export const MAX_HINT_BYTES = 64;
export const RETRIEVAL_HINT_BYTES = 32;
/** Lamport timestamps at or above this cannot be kept exactly and are rejected. */
export const LAMPORT_LIMIT = 2 ** 53;
/** Received but not yet deliverable, per sender and per channel. Overflow drops the newest as never received. */
export const MAX_BUFFERED_PER_SENDER = 500;
export const MAX_BUFFERED_BYTES_PER_SENDER = 8 * 1024 * 1024;
export const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
/** Claims that name an id we lack, kept per participant. */
export const MAX_UNRESOLVED_CLAIMS = 64;
/** Claims that are still to be followed, per participant: as many as four messages can list. */
export const MAX_UNFINISHED_WALKS = 1_024;
/** Claims that prove nothing of own messages, kept per participant over a restart: as many as one message can list. */
export const MAX_OTHER_CLAIMS = 256;

/**
 * Messages of a channel that a device keeps. Each costs up to a kilobyte of memory as long as the channel is open, and a
 * browser ends a process that takes a few gigabytes.
 */
export const MAX_HISTORY = 1_000_000;
/** Ids of messages that were refused as older than what is kept. */
export const MAX_BELOW_WATERMARK = 1_024;

/** Ids that only syncs name, followed per participant who named them first, and in all: a liar can name any number. */
export const MAX_FOLLOWED_PER_PARTICIPANT = 512;
export const MAX_FOLLOWED = 4_096;

/** Participants who only said syncs: keys cost nothing, and each one is kept for good. */
export const MAX_STRANGERS = 1_024;

/** Own content lists at most this many causes. */
export const MAX_PARENTS = 8;
/** A sync lists at most this many heads, the oldest half always. */
export const MAX_SYNC_HEADS = 128;
export const MAX_BARE_IDS_PER_SYNC = 64;
export const MAX_BARE_ID_REPEATS = 3;

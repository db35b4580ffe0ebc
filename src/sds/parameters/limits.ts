/**
 * Limits on hostile input (docs/protocol.md, section 15). The decoder is total; every rejection is counted by reason. What
 * several participants have to agree on is the same for all: where one refuses what another takes, a hole opens.
 */

/** Encrypted and in its frame it has at most the 150 KiB that Waku's service nodes carry. */
export const MAX_MESSAGE_BYTES = 149 * 1024;
/** Twice what our ids take, and those of `@waku/sds`. Every id that is named may be kept, so longer ones cost memory. */
export const MAX_ID_BYTES = 128;
/** The heads of a sync, the ids that heads do not prove, and as many that were asked about: 128 + 64 + 64. */
export const MAX_HISTORY_ENTRIES = 256;
/** With hints 816 bytes of a sync. Fewer (SDS-R recommends 3) would give each of several who name what is missing no turn. */
export const MAX_REPAIR_REQUESTS = 8;
/** Twice a Waku hash: another client may have hints of its own, which are carried by nobody and used by nobody here. */
export const MAX_HINT_BYTES = 64;
/** A Waku message hash is a SHA-256. */
export const RETRIEVAL_HINT_BYTES = 32;
/** Lamport timestamps at or above this cannot be kept exactly and are rejected. */
export const LAMPORT_LIMIT = 2 ** 53;
/**
 * Received but not yet deliverable. Overflow drops the newest as never received. So much one person may say while a hole
 * holds it up for ten minutes: nearly a message a second, of 16 KiB on average.
 */
export const MAX_BUFFERED_PER_SENDER = 500;
export const MAX_BUFFERED_BYTES_PER_SENDER = 8 * 1024 * 1024;
/** Of all senders together: four of them at their limit. More only helps a flood from many keys. */
export const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
/** Claims that name an id we lack, kept per participant: as many as a sync names besides heads. Others come with the next. */
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
/**
 * Own messages that somebody confirmed, of which how they were sent is kept, the newest: by it a request that is asked again is
 * told from a new one. Whoever asks again does so within minutes, when a worker or a page was gone; each start reads them all.
 */
export const MAX_SETTLED_KEPT = 1_000;
/** Ids of messages that were refused as older than what is kept. One that falls out is asked for once more, and refused. */
export const MAX_BELOW_WATERMARK = 1_024;

/**
 * Ids that only syncs name, followed per participant who named them first, and in all: a liar can name any number. An
 * honest sync names 256 at most, so two that share nothing fit; in all it is eight such shares.
 */
export const MAX_FOLLOWED_PER_PARTICIPANT = 512;
export const MAX_FOLLOWED = 4_096;

/** Participants who only said syncs: keys cost nothing, and each one is kept for good. Who means to be here writes. */
export const MAX_STRANGERS = 1_024;

/**
 * Own content lists at most this many causes, each up to 102 bytes. With two, messages stay that nobody names when many
 * write at once, and heads pile up.
 */
export const MAX_PARENTS = 8;
/** A sync lists at most this many heads, the oldest half always: half of its entries, the other half is for what follows. */
export const MAX_SYNC_HEADS = 128;
/** Of names that enough others said they have: a small group names all of them, a large one each of them now and then. */
export const MAX_KNOWN_NAMES = 4;
/** Ids that heads do not prove, per sync. More of them take their turn in the next one. */
export const MAX_BARE_IDS_PER_SYNC = 64;
/** And how often each is named unasked: where a fifth of all messages is lost, one of 125 is not heard then. */
export const MAX_BARE_ID_REPEATS = 3;

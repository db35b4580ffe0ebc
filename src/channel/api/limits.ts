import { MAX_ID_BYTES } from "../../sds/parameters/limits.ts";

/** Longest text of one message, in bytes of UTF-8: with causes, signatures and padding well below the network's limit. */
export const MAX_TEXT_BYTES = 64 * 1024;
/**
 * By more than this a channel's clock is not corrected, whatever a person is asked: keys are cheap, and who makes others' clocks
 * look wrong must not lead anybody past all that is kept. A device that is further off has to be set right by its owner.
 */
export const MAX_CLOCK_CORRECTION_MS = 24 * 60 * 60_000;
/** Longest `SendRequest.requestId`, in characters: a UUID or a hash in hex. Each is kept with its message. */
export const MAX_REQUEST_ID_LENGTH = 64;
/** Longest name that a participant goes by, in characters (code points): what fits beside a message. Others cut longer ones. */
export const MAX_DISPLAY_NAME_CHARACTERS = 40;

/** Longest id of a message or a channel that anybody is asked about, in characters: no id has more bytes than that. */
export const MAX_ID_CHARACTERS = MAX_ID_BYTES;
/** Entries of a page: it is made, sent and drawn in one go, so that a few thousand would be felt. */
export const MAX_PAGE = 500;
/** Of a Store's newest messages, before its past is read: a page as Stores give it, and a few screens. */
export const MAX_NEWEST_STORED = 100;

export { MAX_CHANNEL_NAME_CHARACTERS } from "../../identity/joining/channel-name.ts";
export { MAX_ADDRESS_CHARACTERS, MAX_ADDRESSES } from "../../identity/joining/channel-network.ts";
export { MAX_INVITE_CHARACTERS } from "../../identity/joining/invite-sizes.ts";

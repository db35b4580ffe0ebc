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

export { MAX_CHANNEL_NAME_CHARACTERS } from "../../identity/channel-name.ts";

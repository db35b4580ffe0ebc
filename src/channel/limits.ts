/** Longest text of one message, in bytes of UTF-8: with causes, signatures and padding well below the network's limit. */
export const MAX_TEXT_BYTES = 64 * 1024;
export const MAX_REQUEST_ID_LENGTH = 64;
export const MAX_DISPLAY_NAME_CHARACTERS = 40;

export { MAX_CHANNEL_NAME_CHARACTERS } from "../identity/channel-name.ts";

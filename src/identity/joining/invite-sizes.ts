export const MAX_DESCRIPTOR_BYTES = 4_096;
/** Longest text that an invite is looked for in: twelve times the longest code, for what a mail program puts around it. */
export const MAX_INVITE_CHARACTERS = 16 * MAX_DESCRIPTOR_BYTES;

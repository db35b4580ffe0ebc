export const MAX_CHANNEL_NAME_CHARACTERS = 64;

/** Control characters, line separators, and the marks that turn the direction of the text around them. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const ALL_FORBIDDEN = new RegExp(FORBIDDEN, "gu");

/** 1 to 64 characters (code points), nothing to trim, nothing that hides or reorders what people read. */
export function isChannelName(name: string): boolean {
  //= protocol: CHANNEL-4
  const characters = [...name].length;
  const fits = characters >= 1 && characters <= MAX_CHANNEL_NAME_CHARACTERS;
  return fits && name.trim() === name && !FORBIDDEN.test(name);
}

/** The text without what may not be in a name. */
export function withoutForbidden(text: string): string {
  return text.replaceAll(ALL_FORBIDDEN, "");
}

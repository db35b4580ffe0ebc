/** As long as an id may be. */
export const LONGEST_SHORT = 128;

/**
 * Strings that were read lately, and their bytes one place after the other. Most are read again and again: the channel's
 * id, those of its authors, and that of a message in whatever names it next. What is the same string is neither made nor
 * hashed anew, and a map finds it without comparing characters. An author's id outlives some hundred messages here.
 */
const PLACES = 1_024;
const texts: string[] = Array(PLACES).fill("");
const textBytes = new Uint8Array(PLACES * LONGEST_SHORT);
/** For each length an array to fill with the characters of a string: a new one for each would be garbage at once. */
const UNITS: readonly number[][] = Array.from({ length: LONGEST_SHORT + 1 }, (_, length) => Array(length).fill(0));

/** `bytes[start, end)`, at most `LONGEST_SHORT`, as text; null when one of them is not ASCII. */
export function shortAscii(bytes: Uint8Array, start: number, end: number): string | null {
  const place = placeOf(bytes, end);
  const recent = texts[place] ?? "";
  if (recent.length === end - start && isAt(place, bytes, start, end)) return recent;
  const text = asciiOf(bytes, start, end);
  if (text !== null) remember(place, text, bytes, start);
  return text;
}

/** By the last four bytes: those of ids are as good as random. */
function placeOf(bytes: Uint8Array, end: number): number {
  const last = (bytes[end - 1] ?? 0) ^ ((bytes[end - 2] ?? 0) << 3);
  return (last ^ ((bytes[end - 3] ?? 0) << 5) ^ ((bytes[end - 4] ?? 0) << 7)) % PLACES;
}

function isAt(place: number, bytes: Uint8Array, start: number, end: number): boolean {
  const toPlace = place * LONGEST_SHORT - start;
  for (let at = start; at < end; at++) if (textBytes[toPlace + at] !== bytes[at]) return false;
  return true;
}

/**
 * Made in one call: a string that is put together of pieces is copied into one when it is first looked up in a map, which
 * takes twice as long as putting it together.
 */
function asciiOf(bytes: Uint8Array, start: number, end: number): string | null {
  const units = UNITS[end - start] ?? [];
  let all = 0;
  for (let i = 0; i < units.length; i++) {
    const unit = bytes[start + i] ?? 0;
    units[i] = unit;
    all |= unit;
  }
  return all < 0x80 ? String.fromCharCode(...units) : null;
}

function remember(place: number, text: string, bytes: Uint8Array, start: number): void {
  texts[place] = text;
  for (let i = 0; i < text.length; i++) textBytes[place * LONGEST_SHORT + i] = bytes[start + i] ?? 0;
}

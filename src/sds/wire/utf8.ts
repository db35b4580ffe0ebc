/**
 * UTF-8 without TextEncoder/TextDecoder: this folder has no platform globals, and for identifiers (short, ASCII) plain
 * loops are faster than a call into the platform.
 */

/** What Unicode puts in the place of a lone surrogate, and its last code point. */
const REPLACEMENT = 0xfffd;
const MAX_CODE_POINT = 0x10ffff;
/** As long as an id may be; a longer text is put together of such pieces. */
const PIECE = 128;
/**
 * Strings that were read lately. Most are read again and again: the channel's id, those of its authors, and that of a
 * message in whatever names it next. One that is the same string is neither made nor hashed anew, and a map finds it
 * without comparing characters. So many that an author's id outlives a few hundred messages; at most 150 kB.
 */
const RECENT_SLOTS = 1_024;
const RECENT: string[] = Array(RECENT_SLOTS).fill("");
/** For each length an array to fill with the characters of a string: a new one for each would be garbage at once. */
const UNITS: readonly number[][] = Array.from({ length: PIECE + 1 }, (_, length) => Array(length).fill(0));

/** Number of bytes of `text` in UTF-8; a lone surrogate counts as U+FFFD (3 bytes), as it is written. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (isPairAt(text, i)) {
      // Two code units become four bytes.
      length += 2;
      i++;
    } else length += 2;
  }
  return length;
}

/** Writes `text` at `offset` and returns the offset after it. `target` must have `utf8Length(text)` bytes of room. */
export function writeUtf8(text: string, target: Uint8Array, offset: number): number {
  let at = offset;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      target[at++] = unit;
      continue;
    }
    let code = unit;
    if (isPairAt(text, i)) {
      i++;
      code = 0x10000 + ((unit - 0xd800) << 10) + (text.charCodeAt(i) - 0xdc00);
    } else if (unit >= 0xd800 && unit <= 0xdfff) code = REPLACEMENT;
    at = writeMultiByte(code, target, at);
  }
  return at;
}

/**
 * Writes `text` at `offset`, which must have room for one byte per character. False, and what was written there is
 * worthless, when it is not ASCII.
 */
export function writeAscii(text: string, target: Uint8Array, offset: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return false;
    target[offset + i] = unit;
  }
  return true;
}

/** UTF-8 bytes of `text`; lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/**
 * Strict UTF-8: null on overlong forms, surrogates, code points above U+10FFFF, stray or missing continuation bytes.
 * Reads `bytes[start, end)`.
 */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string | null {
  let text = "";
  let at = start;
  // Identifiers are ASCII, and in one piece.
  while (at < end) {
    const pieceEnd = Math.min(end, at + PIECE);
    const piece = readAscii(bytes, at, pieceEnd);
    if (piece === null) break;
    text += piece;
    at = pieceEnd;
  }
  while (at < end) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      at++;
      continue;
    }
    const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    const code = at + size > end ? -1 : readMultiByte(bytes, at, size);
    if (code < 0) return null;
    text += String.fromCodePoint(code);
    at += size;
  }
  return text;
}

/** At most `PIECE` ASCII characters, or null when one of them is not. */
function readAscii(bytes: Uint8Array, start: number, end: number): string | null {
  const slot = slotOf(bytes, end);
  const recent = RECENT[slot] ?? "";
  if (isAt(recent, bytes, start, end)) return recent;
  // Made in one call: a string that was put together of eights was copied into one when it was first looked up in a map,
  // which took twice as long as putting it together.
  const units = UNITS[end - start] ?? [];
  let all = 0;
  for (let i = 0; i < units.length; i++) {
    const unit = bytes[start + i] ?? 0;
    units[i] = unit;
    all |= unit;
  }
  if (all >= 0x80) return null;
  const text = String.fromCharCode(...units);
  RECENT[slot] = text;
  return text;
}

/** By the last four characters: those of ids are as good as random. */
function slotOf(bytes: Uint8Array, end: number): number {
  const a = bytes[end - 1] ?? 0;
  const b = bytes[end - 2] ?? 0;
  const c = bytes[end - 3] ?? 0;
  const d = bytes[end - 4] ?? 0;
  return (a ^ (b << 3) ^ (c << 5) ^ (d << 7)) % RECENT_SLOTS;
}

function isAt(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function isPairAt(text: string, index: number): boolean {
  const lead = text.charCodeAt(index);
  if (lead < 0xd800 || lead > 0xdbff) return false;
  // NaN at the end of the text, which no comparison matches.
  const trail = text.charCodeAt(index + 1);
  return trail >= 0xdc00 && trail <= 0xdfff;
}

function writeMultiByte(code: number, target: Uint8Array, offset: number): number {
  let at = offset;
  if (code < 0x800) target[at++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) target[at++] = 0xe0 | (code >> 12);
    else {
      target[at++] = 0xf0 | (code >> 18);
      target[at++] = 0x80 | ((code >> 12) & 0x3f);
    }
    target[at++] = 0x80 | ((code >> 6) & 0x3f);
  }
  target[at++] = 0x80 | (code & 0x3f);
  return at;
}

const LEAD_MASK = [0, 0, 0x1f, 0x0f, 0x07] as const;
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000] as const;

/** The code point of `size` bytes at `at`, or -1. The caller has checked that they are there. */
function readMultiByte(bytes: Uint8Array, at: number, size: 2 | 3 | 4): number {
  const lead = bytes[at] ?? 0;
  // 0x80-0xbf is a stray continuation byte; 0xf8 and above never occur.
  if (lead < 0xc0 || lead >= 0xf8) return -1;
  let code = lead & LEAD_MASK[size];
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  if (code < SMALLEST[size] || code > MAX_CODE_POINT) return -1;
  return code >= 0xd800 && code <= 0xdfff ? -1 : code;
}

import { LONGEST_SHORT, shortAscii } from "./short-ascii.ts";

/**
 * UTF-8 without TextEncoder/TextDecoder: this folder has no platform globals, and for identifiers (short, ASCII) plain
 * loops are faster than a call into the platform.
 */

/** What Unicode puts in the place of a lone surrogate, and its last code point. */
const REPLACEMENT = 0xfffd;
const MAX_CODE_POINT = 0x10ffff;
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
  // Identifiers are ASCII, and one piece.
  while (at < end) {
    const pieceEnd = Math.min(end, at + LONGEST_SHORT);
    const piece = shortAscii(bytes, at, pieceEnd);
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

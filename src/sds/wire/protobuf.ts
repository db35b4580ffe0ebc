import { ProtobufError } from "./protobuf-error.ts";
import { readUtf8, utf8Length, writeAscii, writeUtf8 } from "./utf8.ts";

/** Protobuf wire types. Groups (3, 4) are not spoken. */
export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_LENGTH = 2;
export const WIRE_FIXED32 = 5;

const MAX_FIELD_NUMBER = 2 ** 29 - 1;
const U32_LIMIT = 2 ** 32;
const U64_MAX = 2n ** 64n - 1n;
const MAX_VARINT_BYTES = 10;

/**
 * Writes protobuf fields into one growing buffer. Every method but `tag`, `varint` and `raw` writes a whole field,
 * tag included, and writes it even when the value is empty or 0: leaving defaults out is the caller's decision.
 * Throws `ProtobufError` with code `value-range` for a value that the field cannot hold.
 */
export class ProtobufWriter {
  #buffer: Uint8Array;
  #length = 0;

  constructor(initialCapacity = 256) {
    this.#buffer = new Uint8Array(initialCapacity);
  }

  /** Bytes written so far; where the next field begins. */
  get length(): number {
    return this.#length;
  }

  tag(field: number, wireType: number): this {
    if (!Number.isInteger(field) || field < 1 || field > MAX_FIELD_NUMBER) {
      throw new ProtobufError("value-range", -1, `Use a field number from 1 to 2^29 - 1, not ${field}`);
    }
    return this.varint(field * 8 + wireType);
  }

  /** A bare varint from 0 to 2^64 - 1; a number must be a safe integer. */
  varint(value: number | bigint): this {
    if (typeof value === "bigint") return this.#bigVarint(value);
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new ProtobufError("value-range", -1, `Use a whole number from 0 to 2^53 - 1, or a bigint, not ${value}`);
    }
    this.#reserve(MAX_VARINT_BYTES);
    let rest = value;
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 0x80)) this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
    // Below 2^31 the quicker integer operators do.
    for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.#length++] = (rest & 0x7f) | 0x80;
    this.#buffer[this.#length++] = rest;
    return this;
  }

  uint32(field: number, value: number): this {
    if (value >= U32_LIMIT) throw new ProtobufError("value-range", -1, `Use a number below 2^32, not ${value}`);
    return this.tag(field, WIRE_VARINT).varint(value);
  }

  uint64(field: number, value: number | bigint): this {
    return this.tag(field, WIRE_VARINT).varint(value);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, WIRE_LENGTH).varint(value.length).raw(value);
  }

  /** UTF-8; a lone surrogate is written as U+FFFD. */
  string(field: number, value: string): this {
    const start = this.#length;
    this.tag(field, WIRE_LENGTH).varint(value.length);
    this.#reserve(value.length);
    // Identifiers are ASCII: one pass then, and a second attempt for everything else.
    if (writeAscii(value, this.#buffer, this.#length)) {
      this.#length += value.length;
      return this;
    }
    this.#length = start;
    const size = utf8Length(value);
    this.tag(field, WIRE_LENGTH).varint(size);
    this.#reserve(size);
    this.#length = writeUtf8(value, this.#buffer, this.#length);
    return this;
  }

  /** A submessage: `write` adds its fields to this same writer. */
  message(field: number, write: (writer: this) => void): this {
    this.tag(field, WIRE_LENGTH);
    const start = this.#length;
    // One byte is kept for the size, which fits most submessages; a larger one is moved by what the size needs.
    this.#reserve(1);
    this.#length = start + 1;
    write(this);
    const size = this.#length - start - 1;
    const extra = varintLength(size) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#buffer.copyWithin(start + 1 + extra, start + 1, start + 1 + size);
    }
    this.#length = start;
    this.varint(size);
    this.#length += size;
    return this;
  }

  /** Bytes that are encoded already. */
  raw(value: Uint8Array): this {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  /** A copy of what was written, of exactly that size. The writer can go on. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #bigVarint(value: bigint): this {
    if (value < 0n || value > U64_MAX) {
      throw new ProtobufError("value-range", -1, `Use a number from 0 to 2^64 - 1, not ${value}`);
    }
    this.#reserve(MAX_VARINT_BYTES);
    let rest = value;
    while (rest >= 0x80n) {
      this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
    return this;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

/** Bytes that `value` (0 to 2^53 - 1) takes as a varint. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/**
 * Reads the fields of one message:
 * ```ts
 * const reader = new ProtobufReader(bytes);
 * while (reader.next()) {
 *   if (reader.field === 1) name = reader.string();
 *   else reader.skip();
 * }
 * ```
 * After `next()` exactly one of `uint32`, `uint64`, `bytes`, `string`, `message`, `skip` must be called. Each checks the
 * wire type and the bounds; the only error thrown is `ProtobufError`, so a decoder is total by catching that. The bytes
 * are never copied and must not change while reading: `bytes()` returns views.
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  #field = 0;
  #wireType = 0;
  #fieldStart = 0;
  #shortest = true;
  #ascending = true;

  /** Reads `bytes[start, end)`; offsets are those of `bytes`. */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Number of the current field. */
  get field(): number {
    return this.#field;
  }

  get wireType(): number {
    return this.#wireType;
  }

  /** Offset of the first byte of the current field's tag: `bytes.subarray(0, fieldStart)` is all before the field. */
  get fieldStart(): number {
    return this.#fieldStart;
  }

  /** Offset of the next unread byte; after a value was read, where its field ends. */
  get offset(): number {
    return this.#at;
  }

  /**
   * What was read so far is as a writer writes it that gives each field once, in ascending order: field numbers ascend
   * and every varint has its shortest form. So, once all was read, the same values give the same bytes. The inside of a
   * submessage is not meant: its reader knows of itself.
   */
  get canonical(): boolean {
    return this.#shortest && this.#ascending;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    this.#fieldStart = this.#at;
    const tag = this.#varint32();
    if (tag >>> 3 <= this.#field) this.#ascending = false;
    this.#field = tag >>> 3;
    this.#wireType = tag & 7;
    if (this.#field === 0) throw new ProtobufError("field-number", this.#fieldStart, "Field number 0 does not exist");
    return true;
  }

  /** A varint below 2^32. */
  uint32(): number {
    this.#expect(WIRE_VARINT);
    return this.#varint32();
  }

  /** A varint below 2^64: a number when below 2^53, else a bigint, so that nothing is rounded. */
  uint64(): number | bigint {
    this.#expect(WIRE_VARINT);
    return this.#varint64();
  }

  /** A view of the field's bytes (not a copy). */
  bytes(maxLength = Number.POSITIVE_INFINITY): Uint8Array {
    const start = this.#enter(maxLength);
    return this.#bytes.subarray(start, this.#at);
  }

  /** Strict UTF-8; `maxBytes` counts bytes, not characters. */
  string(maxBytes = Number.POSITIVE_INFINITY): string {
    const start = this.#enter(maxBytes);
    const text = readUtf8(this.#bytes, start, this.#at);
    //= protocol: WIRE-9
    if (text === null) throw new ProtobufError("utf8", start, "A string must be UTF-8");
    return text;
  }

  /** A reader of the submessage; this one stands behind it. Offsets are those of the same bytes. */
  message(): ProtobufReader {
    const start = this.#enter(Number.POSITIVE_INFINITY);
    return new ProtobufReader(this.#bytes, start, this.#at);
  }

  /** Passes over the current field, whatever its type. Groups are refused. */
  skip(): void {
    //= protocol: WIRE-6
    if (this.#wireType === WIRE_VARINT) this.#varint64();
    else if (this.#wireType === WIRE_LENGTH) this.#enter(Number.POSITIVE_INFINITY);
    else if (this.#wireType === WIRE_FIXED64) this.#advance(8);
    else if (this.#wireType === WIRE_FIXED32) this.#advance(4);
    else throw new ProtobufError("wire-type", this.#fieldStart, `Wire type ${this.#wireType} is not spoken`);
  }

  #expect(wireType: number): void {
    //= protocol: WIRE-6
    if (this.#wireType === wireType) return;
    const advice = `Field ${this.#field} must have wire type ${wireType}, not ${this.#wireType}`;
    throw new ProtobufError("wire-type", this.#fieldStart, advice);
  }

  /** Reads the size of a length-delimited field, moves behind it and returns where its content begins. */
  #enter(maxLength: number): number {
    this.#expect(WIRE_LENGTH);
    const size = this.#varint32();
    if (size > maxLength) {
      throw new ProtobufError("too-long", this.#fieldStart, `Field ${this.#field} may have at most ${maxLength} bytes`);
    }
    const start = this.#at;
    this.#advance(size);
    return start;
  }

  #advance(bytes: number): void {
    if (bytes > this.#end - this.#at) throw new ProtobufError("truncated", this.#at, "The message ends inside a field");
    this.#at += bytes;
  }

  #varint32(): number {
    const first = this.#bytes[this.#at] ?? 0;
    if (first < 0x80 && this.#at < this.#end) {
      this.#at++;
      return first;
    }
    const start = this.#at;
    const value = this.#varint64();
    //= protocol: WIRE-10
    if (value >= U32_LIMIT) throw new ProtobufError("varint", start, "A varint above 2^32 - 1 where none may be");
    return Number(value);
  }

  /** 28 + 28 + 14 bits, as JavaScript's integer operators have 32. */
  #varint64(): number | bigint {
    const start = this.#at;
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let i = 0; ; i++) {
      if (this.#at >= this.#end) throw new ProtobufError("truncated", start, "The message ends inside a varint");
      const byte = this.#bytes[this.#at++] ?? 0;
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i < 8) middle |= bits << (7 * (i - 4));
      else high |= bits << (7 * (i - 8));
      if (byte < 0x80) {
        // Nothing in its last byte: it could have been left out.
        if (byte === 0 && i > 0) this.#shortest = false;
        break;
      }
      //= protocol: WIRE-10
      if (i === MAX_VARINT_BYTES - 1) throw new ProtobufError("varint", start, "A varint has at most 10 bytes");
    }
    //= protocol: WIRE-10
    if (high > 0xff) throw new ProtobufError("varint", start, "A varint above 2^64 - 1");
    if (high === 0 && middle < 2 ** 25) return low + middle * 2 ** 28;
    return BigInt(low) | (BigInt(middle) << 28n) | (BigInt(high) << 56n);
  }
}

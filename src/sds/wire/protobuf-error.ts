/**
 * Why bytes are no protobuf, or (`value-range`) why a value cannot be written.
 * - `truncated`: a field ends after the bytes do
 * - `varint`: more than 10 bytes, or above 2^64 - 1 (2^32 - 1 for tags and `uint32`)
 * - `field-number`: 0 or above 2^29 - 1
 * - `wire-type`: a group (3, 4), an undefined one (6, 7), or not the one of the field that is read
 * - `utf8`: a string is not UTF-8
 * - `too-long`: a string or bytes field above the caller's limit
 */
export type ProtobufErrorCode =
  | "truncated"
  | "varint"
  | "field-number"
  | "wire-type"
  | "utf8"
  | "too-long"
  | "value-range";

/** The only error that `ProtobufReader` and `ProtobufWriter` throw. Decoders catch it at their edge and stay total. */
export class ProtobufError extends Error {
  readonly code: ProtobufErrorCode;
  /** Offset in the reader's bytes at which reading failed; -1 when writing. */
  readonly offset: number;

  constructor(code: ProtobufErrorCode, offset: number, advice: string) {
    super(offset < 0 ? advice : `${advice} (offset ${offset})`);
    this.name = "ProtobufError";
    this.code = code;
    this.offset = offset;
  }
}

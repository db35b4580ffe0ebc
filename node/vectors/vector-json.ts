/** Reading values out of parsed JSON of which nothing is known yet. */

/** An entry of a vectors file does not have the form it must have; the message says where and what. */
export class VectorFormatError extends Error {
  readonly code = "vector-format";
}

export type JsonObject = { readonly [key: string]: unknown };

export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new VectorFormatError(`${what} must be an object, not ${describe(value)}`);
  }
  return value as JsonObject;
}

export function asArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new VectorFormatError(`${what} must be an array, not ${describe(value)}`);
  return value;
}

export function asString(value: unknown, what: string): string {
  if (typeof value !== "string") throw new VectorFormatError(`${what} must be a string, not ${describe(value)}`);
  return value;
}

export function asNumber(value: unknown, what: string): number {
  if (typeof value !== "number") throw new VectorFormatError(`${what} must be a number, not ${describe(value)}`);
  return value;
}

export function asStrings(value: unknown, what: string): readonly string[] {
  return asArray(value, what).map((item, index) => asString(item, `${what}[${index}]`));
}

/** Bytes of lower- or upper-case hex. */
export function asHexBytes(value: unknown, what: string): Uint8Array {
  const text = asString(value, what);
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new VectorFormatError(`${what} must be hex, not ${describe(text)}`);
  return Uint8Array.from(Buffer.from(text, "hex"));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

const SHOWN = 160;

/** The value as JSON, shortened. */
export function describe(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}... (${text.length} characters)` : text;
}

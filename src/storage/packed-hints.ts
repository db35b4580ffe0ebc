import type { PackedHint } from "../sds/wire/packed-hint.ts";

/** Hints as the protocol keeps them in memory: one character a byte. */
export function packed(hint: Uint8Array): PackedHint {
  return String.fromCharCode.apply(null, hint as unknown as number[]) as PackedHint;
}

export function unpacked(hint: PackedHint): Uint8Array {
  return Uint8Array.from({ length: hint.length }, (_, index) => hint.charCodeAt(index));
}

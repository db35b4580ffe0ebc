import type { Random } from "../../runtime/port.ts";

const NAME_BYTES = 16;

/** 128 random bits as hex: unique, and nobody else can guess it. */
export function randomName(random: Random): string {
  return [...random.bytes(NAME_BYTES)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

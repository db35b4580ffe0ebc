import type { Random } from "../../../src/runtime/port.ts";
import type { Frame } from "./frame.ts";

export interface ArchiveSettings {
  /** Nobody keeps anything. */
  readonly absent: boolean;
  /** Up to this long until a frame can be found. */
  readonly lagMs: number;
  /** Chance that a frame is never kept. */
  readonly omission: number;
}

/** The Store of the service nodes. Frames marked ephemeral are not kept. */
export class Archive {
  up: boolean;
  readonly #settings: ArchiveSettings;
  readonly #random: Random;
  readonly #kept: { readonly frame: Frame; readonly from: number }[] = [];
  readonly #byHash = new Map<number, { readonly frame: Frame; readonly from: number }>();

  constructor(settings: ArchiveSettings, random: Random) {
    this.#settings = settings;
    this.#random = random;
    this.up = !settings.absent;
  }

  get absent(): boolean {
    return this.#settings.absent;
  }

  /** True if it is kept. */
  keep(frame: Frame, now: number): boolean {
    const { absent, omission, lagMs } = this.#settings;
    const omitted = this.#random.next() < omission;
    const from = now + Math.floor(this.#random.next() * lagMs);
    if (absent || !this.up || frame.ephemeral || omitted) return false;
    const kept = { frame, from };
    this.#kept.push(kept);
    this.#byHash.set(hashNumber(frame.hash), kept);
    return true;
  }

  /** By the time that publishers wrote, inclusive and exclusive. */
  between(from: number, to: number, now: number): Frame[] {
    return this.#kept
      .filter((kept) => kept.from <= now && kept.frame.timestamp >= from && kept.frame.timestamp < to)
      .map((kept) => kept.frame);
  }

  withHash(hash: Uint8Array, now: number): Frame | null {
    const kept = this.#byHash.get(hashNumber(hash));
    return kept !== undefined && kept.from <= now ? kept.frame : null;
  }
}

/** Frames are numbered, and the number is their hash: 32 bytes of which the last six count. */
export function hashOfNumber(number: number): Uint8Array {
  const hash = new Uint8Array(32);
  const view = new DataView(hash.buffer);
  view.setUint32(28, number % 2 ** 32);
  view.setUint16(26, Math.floor(number / 2 ** 32));
  return hash;
}

function hashNumber(hash: Uint8Array): number {
  if (hash.length !== 32) return -1;
  const view = new DataView(hash.buffer, hash.byteOffset, 32);
  return view.getUint16(26) * 2 ** 32 + view.getUint32(28);
}

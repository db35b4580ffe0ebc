/** Waku hashes of what was taken in lately, so that a Store need not give it again. */
export interface HeldHashes {
  note(hash: Uint8Array): void;
  has(hash: Uint8Array): boolean;
}

/** What a channel hears in ten minutes at 16 frames a second, 1 MB. The oldest go first; what went is read again. */
const MAX_HASHES = 10_000;

export function createHeldHashes(most = MAX_HASHES): HeldHashes {
  const held = new Set<string>();

  return {
    note: (hash) => {
      const key = keyOf(hash);
      // To the end, as what is heard again is what the next read is about.
      held.delete(key);
      held.add(key);
      if (held.size > most) for (const oldest of held) if (held.delete(oldest)) break;
    },
    has: (hash) => held.has(keyOf(hash)),
  };
}

function keyOf(hash: Uint8Array): string {
  return String.fromCharCode(...hash);
}

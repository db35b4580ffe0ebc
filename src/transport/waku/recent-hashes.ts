/** Remembers the last `capacity` hashes, to notice a message that two service nodes push. */
export class RecentHashes {
  private readonly capacity: number;
  private readonly keys = new Set<string>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** False if the hash was added before. */
  add(hash: Uint8Array): boolean {
    const key = String.fromCharCode(...hash);
    if (this.keys.has(key)) {
      return false;
    }
    this.keys.add(key);
    if (this.keys.size > this.capacity) {
      for (const oldest of this.keys) {
        this.keys.delete(oldest);
        break;
      }
    }
    return true;
  }
}

/** Collects chunks and joins them only when a whole frame is there, so that a long frame costs one copy. */
export interface ChunkBuffer {
  /** Bytes that were pushed and not taken. */
  length(): number;
  push(chunk: Uint8Array): void;
  /** The first `count` bytes, or all if there are fewer; they stay. */
  peek(count: number): Uint8Array;
  /** The first `count` bytes as one array that nobody else holds; `count` must not exceed `length`. */
  take(count: number): Uint8Array;
}

export function createChunkBuffer(): ChunkBuffer {
  const chunks: Uint8Array[] = [];
  let length = 0;

  return {
    length: () => length,
    push: (chunk) => {
      if (chunk.length === 0) return;
      chunks.push(chunk);
      length += chunk.length;
    },
    peek: (count) => {
      const [first] = chunks;
      if (first === undefined) return new Uint8Array(0);
      if (first.length >= count || chunks.length === 1) return first.subarray(0, count);
      const joined: number[] = [];
      for (const chunk of chunks) {
        for (const byte of chunk) {
          joined.push(byte);
          if (joined.length === count) return Uint8Array.from(joined);
        }
      }
      return Uint8Array.from(joined);
    },
    take: (count) => {
      const result = new Uint8Array(count);
      let filled = 0;
      while (filled < count) {
        const chunk = chunks[0] as Uint8Array;
        const wanted = count - filled;
        if (chunk.length <= wanted) {
          result.set(chunk, filled);
          filled += chunk.length;
          chunks.shift();
        } else {
          result.set(chunk.subarray(0, wanted), filled);
          filled += wanted;
          chunks[0] = chunk.subarray(wanted);
        }
      }
      length -= count;
      return result;
    },
  };
}

import type { Socket } from "node:net";

/** One direction of one connection. What came in leaves in the same order, or not at all. */
export interface Pipe {
  /** Lengths of the chunks that came in, whether or not they went out. */
  readonly chunks: readonly number[];
  /** Bytes that went out. */
  readonly passed: number;
  /** Whether nothing goes out any more, not even the end. */
  readonly isSwallowing: boolean;
  /** Each chunk from now on goes out this much later. */
  delay(ms: number): void;
  /** What comes from now on waits; `flow` lets it go on. */
  stall(): void;
  flow(): void;
  /** After so many more bytes all is thrown away, what waits as well; then `onSwallow` is called. */
  swallowAfter(bytes: number, onSwallow?: () => void): void;
}

interface Waiting {
  /** `null`: the end. */
  readonly chunk: Buffer | null;
  readonly dueAt: number;
}

/** Passes on what `from` says to `to`, and in the end its end. */
export function createPipe(from: Socket, to: Socket): Pipe {
  const chunks: number[] = [];
  const queue: Waiting[] = [];
  let delayMs = 0;
  let stalled = false;
  let left = Number.POSITIVE_INFINITY;
  let swallowing = false;
  let onceSwallowing = (): void => undefined;
  let passed = 0;
  let timer: NodeJS.Timeout | undefined;

  function pump(): void {
    clearTimeout(timer);
    while (!stalled && queue[0] !== undefined) {
      const waitMs = queue[0].dueAt - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(pump, Math.ceil(waitMs));
        return;
      }
      pass(queue.shift()?.chunk ?? null);
    }
  }

  function pass(chunk: Buffer | null): void {
    if (swallowing) return;
    if (chunk === null) {
      to.destroy();
      return;
    }
    const part = chunk.subarray(0, left);
    passed += part.length;
    to.write(part);
    if (chunk.length >= left) swallow();
    left -= part.length;
  }

  function swallow(): void {
    swallowing = true;
    onceSwallowing();
  }

  function enter(chunk: Buffer | null): void {
    queue.push({ chunk, dueAt: performance.now() + delayMs });
    pump();
  }

  from.on("data", (chunk: Buffer) => {
    chunks.push(chunk.length);
    enter(chunk);
  });
  from.on("close", () => enter(null));
  to.on("close", () => {
    clearTimeout(timer);
    queue.length = 0;
  });

  return {
    chunks,
    get passed() {
      return passed;
    },
    get isSwallowing() {
      return swallowing;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    stall: () => {
      stalled = true;
    },
    flow: () => {
      stalled = false;
      pump();
    },
    swallowAfter: (bytes, onSwallow = () => undefined) => {
      left = bytes;
      onceSwallowing = onSwallow;
      if (bytes <= 0) swallow();
    },
  };
}

import { messagePort } from "../ports/message-port.ts";
import type { BridgePort } from "../ports/port.ts";
import { BRIDGE_VERSION } from "../protocol/protocol.ts";

/** One end of a MessageChannel in a test's own hands: everything that arrives, and the way to say anything back. */
export interface RawEnd {
  readonly received: Record<string, unknown>[];
  post(message: unknown): void;
  /** The first message that fits, waiting for it for up to 5 s. */
  next(kind: string, fits?: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** When the server did what it was sent, and what it said until then has arrived: it answers pings in order. */
  settled(): Promise<void>;
  /** When the other end closed; nothing comes behind that. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Above those that a test uses itself. */
const FIRST_NONCE = 1_000_000;

export function rawEnd(): { readonly raw: RawEnd; readonly port: BridgePort } {
  const { port1, port2 } = new MessageChannel();
  const received: Record<string, unknown>[] = [];
  port1.addEventListener("message", (event) => {
    received.push(event.data);
  });
  const closed = new Promise<void>((resolve) => {
    port1.addEventListener("close", () => resolve());
  });
  port1.start();
  let pings = 0;
  const raw: RawEnd = {
    received,
    post: (message) => port1.postMessage(message),
    async next(kind, fits = () => true) {
      const end = Date.now() + 5_000;
      for (;;) {
        const found = received.find((message) => message.kind === kind && fits(message));
        if (found !== undefined) return found;
        if (Date.now() > end) throw new Error(`No ${kind} among ${JSON.stringify(received).slice(0, 500)}`);
        await pause(2);
      }
    },
    settled: async () => {
      const nonce = FIRST_NONCE + ++pings;
      raw.post({ v: BRIDGE_VERSION, kind: "ping", nonce });
      await raw.next("pong", (message) => message.nonce === nonce);
    },
    closed,
    close: () => port1.close(),
  };
  return { raw, port: messagePort(port2) };
}

/**
 * After a stall timers run before the messages that arrived meanwhile, and an answer takes a turn of its own; so turns of
 * the event loop follow.
 */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

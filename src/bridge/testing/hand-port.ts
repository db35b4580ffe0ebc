import type { BridgePort } from "../ports/port.ts";
import { BRIDGE_VERSION } from "../protocol/protocol.ts";

/** A port whose other end is the test: what was posted, and the way to say or close anything, at once and in order. */
export interface HandPort extends BridgePort {
  readonly posted: unknown[];
  readonly isClosed: boolean;
  /** Something arrives. */
  say(message: object): void;
  /** The other end is gone. */
  end(): void;
}

/** `refuse`: what cannot be cloned. */
export function handPort(refuse: (message: unknown) => boolean = () => false): HandPort {
  const posted: unknown[] = [];
  const messages = new Set<(message: unknown) => void>();
  const closings = new Set<() => void>();
  let isClosed = false;
  return {
    posted,
    get isClosed() {
      return isClosed;
    },
    post(message) {
      if (refuse(message)) throw new DOMException("This cannot be cloned.", "DataCloneError");
      if (!isClosed) posted.push(message);
    },
    onMessage(listener) {
      messages.add(listener);
      return () => messages.delete(listener);
    },
    onClose(listener) {
      closings.add(listener);
      return () => closings.delete(listener);
    },
    close() {
      isClosed = true;
    },
    // Also after `close()`: what was under way may still arrive, and whoever listens has to know better.
    say(message) {
      for (const listener of [...messages]) listener({ v: BRIDGE_VERSION, ...message });
    },
    end() {
      for (const listener of [...closings]) listener();
    },
  };
}

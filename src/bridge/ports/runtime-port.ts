import { ChannelError } from "../../channel/api/channel-client.ts";
import { createListeners } from "./listeners.ts";
import type { BridgePort } from "./port.ts";

/** What is used of `runtime.Port` (Chrome's and Firefox's); structural, so that no extension types are needed here. */
export interface RuntimePortLike {
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: RuntimeEvent<unknown>;
  readonly onDisconnect: RuntimeEvent<never>;
}

interface RuntimeEvent<T> {
  addListener(listener: (value: T) => void): void;
  removeListener(listener: (value: T) => void): void;
}

/** Chrome throws at 64 MiB of UTF-8; a character takes 3 bytes at most. */
export const MAX_MESSAGE_CHARACTERS = 20 * 1024 * 1024;

/**
 * A bridge port over an extension's runtime port. Messages cross as JSON texts. What arrives before the first listener is kept,
 * because the browser would drop it and a worker that just started still opens its storage then. A worker that is
 * stopped, and a page that goes away, close the port at the other end.
 */
export function runtimePort(port: RuntimePortLike): BridgePort {
  const messages = createListeners<unknown>();
  const closings = createListeners<null>();
  let early: unknown[] = [];
  let listening = false;
  let state: "open" | "gone" | "closed" = "open";

  const onMessage = (text: unknown): void => {
    const message = fromText(text);
    if (listening) messages.call(message);
    else early.push(message);
  };

  function release(next: "gone" | "closed"): void {
    state = next;
    port.onMessage.removeListener(onMessage);
    port.onDisconnect.removeListener(onDisconnect);
    early = [];
    messages.clear();
  }

  function onDisconnect(): void {
    if (state !== "open") return;
    release("gone");
    closings.call(null);
  }

  /** Whatever is still there at the other end learns that nobody is here. */
  function disconnect(): void {
    try {
      port.disconnect();
    } catch {
      // The extension itself was replaced or removed: the port is gone.
    }
  }

  port.onMessage.addListener(onMessage);
  port.onDisconnect.addListener(onDisconnect);
  return {
    post(message) {
      if (state !== "open") return;
      const text = toText(message);
      try {
        port.postMessage(text);
      } catch {
        // Only a port whose other end is gone refuses a text of this length; its disconnect event may still be on the way.
        onDisconnect();
        disconnect();
      }
    },
    onMessage(listener) {
      const remove = messages.add(listener);
      if (!listening) {
        listening = true;
        const kept = early;
        early = [];
        // Later, as messages always come: whoever listens may not be set up before this call returns.
        if (kept.length > 0) queueMicrotask(() => kept.forEach((message) => void messages.call(message)));
      }
      return remove;
    },
    onClose(listener) {
      if (state !== "gone") return closings.add(() => listener());
      let wanted = true;
      queueMicrotask(() => wanted && listener());
      return () => {
        wanted = false;
      };
    },
    close() {
      if (state !== "open") return;
      release("closed");
      closings.clear();
      disconnect();
    },
  };
}

/** One text in both browsers: left to them, Chrome drops what JSON cannot say without a word, and Firefox refuses it. */
function toText(message: unknown): string {
  const text = JSON.stringify(message, refuseUnsayable);
  if (text.length <= MAX_MESSAGE_CHARACTERS) return text;
  throw new ChannelError("internal", "This is more than the browser carries at once. Ask for less at a time.");
}

function refuseUnsayable(_key: string, value: unknown): unknown {
  const type = typeof value;
  if (type === "function" || type === "symbol" || type === "bigint") {
    throw new TypeError(`A ${type} cannot cross a runtime port: send plain data.`);
  }
  return value;
}

/** Garbage reads as null, which is no message of anybody. */
function fromText(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

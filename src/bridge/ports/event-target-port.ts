import { createListeners } from "./listeners.ts";
import type { BridgePort } from "./port.ts";

/** What Worker, the scope of a dedicated worker, and MessagePort share; structural, so that no DOM types are needed. */
export interface PostingTarget {
  postMessage(message: unknown): void;
  addEventListener(type: string, listener: (event: unknown) => void): void;
  removeEventListener(type: string, listener: (event: unknown) => void): void;
}

export interface EventTargetPortOptions {
  /** Event types that may mean that the other end is gone, and whether this event does. */
  readonly closedBy: Readonly<Record<string, (event: unknown) => boolean>>;
  /** Lets kept messages flow; called when the first listener is there. */
  readonly start?: () => void;
  /** Called once on `close()`, and when the other end is gone. */
  readonly release?: () => void;
}

/** A `BridgePort` over anything with `postMessage` and events. */
export function eventTargetPort(target: PostingTarget, options: EventTargetPortOptions): BridgePort {
  const messages = createListeners<unknown>();
  const closings = createListeners<null>();
  const closers = Object.entries(options.closedBy).map(([type, means]) => ({
    type,
    listener: (event: unknown) => {
      if (means(event)) remoteClosed();
    },
  }));
  let open = true;
  let listening = false;

  const onMessage = (event: unknown): void => messages.call(dataOf(event));

  function release(): void {
    open = false;
    target.removeEventListener("message", onMessage);
    for (const { type, listener } of closers) target.removeEventListener(type, listener);
    messages.clear();
    options.release?.();
  }

  function remoteClosed(): void {
    if (!open) return;
    release();
    closings.call(null);
    closings.clear();
  }

  for (const { type, listener } of closers) target.addEventListener(type, listener);
  return {
    post(message) {
      if (open) target.postMessage(message);
    },
    onMessage(listener) {
      const remove = messages.add(listener);
      if (open && !listening) {
        listening = true;
        target.addEventListener("message", onMessage);
        options.start?.();
      }
      return remove;
    },
    onClose: (listener) => closings.add(() => listener()),
    close() {
      if (!open) return;
      release();
      closings.clear();
    },
  };
}

function dataOf(event: unknown): unknown {
  return typeof event === "object" && event !== null && "data" in event ? event.data : undefined;
}

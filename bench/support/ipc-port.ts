import type { RuntimePortLike } from "../../src/bridge/ports/runtime-port.ts";

/** A process at the other end of a channel: the parent, or a child. */
interface OtherProcess {
  send?(message: unknown): unknown;
  on(event: "message", listener: (message: Carried) => void): unknown;
  off(event: "message", listener: (message: Carried) => void): unknown;
}

/** `text` is what a view and the worker say to each other. */
export interface Carried {
  readonly view?: number;
  readonly text?: string;
}

/** One of many ports between two processes: texts, as between a page and the worker of an extension. */
export function ipcPort(other: OtherProcess, view: number): RuntimePortLike {
  const listeners = new Map<unknown, (message: Carried) => void>();
  return {
    postMessage: (text) => void other.send?.({ view, text }),
    disconnect: () => {},
    onMessage: {
      addListener: (listener) => {
        const hear = (message: Carried): void => {
          if (message.view === view) listener(message.text);
        };
        listeners.set(listener, hear);
        other.on("message", hear);
      },
      removeListener: (listener) => {
        const hear = listeners.get(listener);
        if (hear !== undefined) other.off("message", hear);
      },
    },
    onDisconnect: { addListener: () => {}, removeListener: () => {} },
  };
}

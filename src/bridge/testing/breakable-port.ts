import { createListeners } from "../ports/listeners.ts";
import { messagePort } from "../ports/message-port.ts";
import type { BridgePort } from "../ports/port.ts";

/** What happens to a message on its way. */
export type Fault = "pass" | "lose" | "duplicate" | "break";

export interface BreakableLink {
  readonly page: BridgePort;
  readonly worker: BridgePort;
  /** Both ends see the port close; what is under way is lost. */
  break(): void;
  /** The other end is gone and nobody is told, as when a worker dies without a word. */
  freeze(): void;
  thaw(): void;
}

/** A real MessageChannel whose messages a fault can befall. `fault` is asked as each message arrives. */
export function breakableLink(fault: (message: unknown) => Fault = () => "pass"): BreakableLink {
  const { port1, port2 } = new MessageChannel();
  const [first, second] = [messagePort(port1), messagePort(port2)];
  let broken = false;
  let frozen = false;
  const kept: (() => void)[] = [];
  const closings = [createListeners<null>(), createListeners<null>()];

  function breakNow(): void {
    if (broken) return;
    broken = true;
    first.close();
    second.close();
    for (const closing of closings) closing.call(null);
  }

  function wrap(port: BridgePort, closing: (typeof closings)[number] | undefined): BridgePort {
    return {
      post(message) {
        if (!broken) port.post(message);
      },
      onMessage: (listener) =>
        port.onMessage((message) => {
          const deliver = (): void => {
            if (broken) return;
            const fate = fault(message);
            if (fate === "break") breakNow();
            if (fate === "lose" || fate === "break") return;
            listener(message);
            if (fate === "duplicate" && !broken) listener(message);
          };
          if (frozen) kept.push(deliver);
          else deliver();
        }),
      onClose(listener) {
        const removers = [port.onClose(listener), closing?.add(() => listener())];
        return () => {
          for (const remove of removers) remove?.();
        };
      },
      close() {
        closing?.clear();
        port.close();
      },
    };
  }

  return {
    page: wrap(first, closings[0]),
    worker: wrap(second, closings[1]),
    break: breakNow,
    freeze() {
      frozen = true;
    },
    thaw() {
      frozen = false;
      for (const deliver of kept.splice(0)) deliver();
    },
  };
}

import { eventTargetPort, type PostingTarget } from "./event-target-port.ts";
import type { BridgePort } from "./port.ts";

export interface MessagePortLike extends PostingTarget {
  start(): void;
  close(): void;
}

/**
 * A bridge port over a MessagePort of a page, a worker or Node. Node, and browsers that have the event, tell when the
 * other end closed; elsewhere only the protocol's goodbye and its pings do.
 */
export function messagePort(port: MessagePortLike): BridgePort {
  return eventTargetPort(port, {
    closedBy: { close: () => true },
    start: () => port.start(),
    release: () => port.close(),
  });
}

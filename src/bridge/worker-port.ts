import { eventTargetPort, type PostingTarget } from "./event-target-port.ts";
import type { BridgePort } from "./port.ts";

/**
 * The page's side of a dedicated Worker. Ending the worker stays the business of whoever started it. Closed when the
 * script could not be loaded; an uncaught error inside the worker is no end of it.
 */
export function workerPort(worker: PostingTarget): BridgePort {
  return eventTargetPort(worker, { closedBy: { error: isLoadFailure } });
}

/** The worker's side: pass `self`. The port lives as long as the worker. */
export function workerScopePort(scope: PostingTarget): BridgePort {
  return eventTargetPort(scope, { closedBy: {} });
}

/** A failed load fires a plain event; an uncaught error fires an ErrorEvent, which has a message. */
function isLoadFailure(event: unknown): boolean {
  return typeof event !== "object" || event === null || !("message" in event);
}

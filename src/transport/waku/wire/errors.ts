import { TransportError } from "../../port.ts";

/** After `close`. */
export function closedError(): TransportError {
  return new TransportError("closed", "the transport is closed; create a new one");
}

/** Of the errors of several service nodes, the one that says most about the message itself. */
export function worthiestError(errors: readonly TransportError[]): Error {
  const order = ["rejected", "timeout", "offline"];
  const [worthiest] = [...errors].sort((left, right) => order.indexOf(left.code) - order.indexOf(right.code));
  return worthiest ?? senselessAnswer(undefined);
}

/** For what cannot be decoded. */
export function senselessAnswer(cause: unknown): TransportError {
  return new TransportError("rejected", "the service node's answer makes no sense; use another one", { cause });
}

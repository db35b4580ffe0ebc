import { TransportError } from "../port.ts";

/** After `close`. */
export function closedError(): TransportError {
  return new TransportError("closed", "the transport is closed; create a new one");
}

/** Of the errors of several service nodes, the one that says most about the message itself. */
export function worthiestError(error: unknown): Error {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const order = ["too-large", "rejected", "timeout", "offline"];
  const known = errors.filter((candidate) => candidate instanceof TransportError);
  known.sort((left, right) => order.indexOf(left.code) - order.indexOf(right.code));
  return known[0] ?? senselessAnswer(error);
}

/** For what cannot be decoded. */
export function senselessAnswer(cause: unknown): TransportError {
  return new TransportError("rejected", "the service node's answer makes no sense; use another one", { cause });
}

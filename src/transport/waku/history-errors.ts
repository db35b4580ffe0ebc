import { TransportError } from "../port.ts";
import { UnsupportedProtocol } from "./node/request-streams.ts";
import { senselessAnswer } from "./wire/errors.ts";

const BROKEN = new Set([
  "StreamResetError",
  "StreamStateError",
  "ConnectionClosedError",
  "AbortError",
  "MuxerClosedError",
]);

/** Whatever went wrong while a Store was read, in the port's words. */
export function explainHistoryError(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  if (error instanceof UnsupportedProtocol || (error instanceof Error && error.name === "UnsupportedProtocolError")) {
    return noStore(error);
  }
  const refusal =
    error instanceof Error ? /failed with status code: (.*), description: (.*)/s.exec(error.message) : null;
  if (refusal !== null) {
    const detail = `${refusal[1]} ${refusal[2]}`;
    return new TransportError("no-store", `the Store refused the query: ${detail}; ask again later`, { cause: error });
  }
  if (error instanceof Error && BROKEN.has(error.name)) {
    return new TransportError("offline", "the connection to the service node broke; it is being restored", {
      cause: error,
    });
  }
  return senselessAnswer(error);
}

export function noStore(cause?: unknown): TransportError {
  return new TransportError("no-store", "the service node keeps no messages (no Store); add one that does", { cause });
}

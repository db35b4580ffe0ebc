import type { Connection, MultiaddrConnection } from "@libp2p/interface";
import type { Clock } from "../../../runtime/port.ts";

/** When bytes last came over each connection, at its socket: no matter what they say, the other side was there then. */
export interface Arrivals {
  /** From now on what comes over the socket is noted. Returns what says whose socket it became. */
  watch(socket: MultiaddrConnection): (connection: Connection) => void;
  /** Milliseconds by the clock; `undefined` for a connection whose socket was not watched. */
  lastOver(connection: Connection): number | undefined;
}

export function createArrivals(clock: Pick<Clock, "now">): Arrivals {
  const last = new WeakMap<Connection, { at: number }>();

  return {
    watch: (socket) => {
      const arrival = { at: clock.now() };
      // In place: libp2p hears of the end of the connection by what it writes into this object.
      socket.source = noting(socket.source, () => {
        arrival.at = clock.now();
      });
      return (connection) => void last.set(connection, arrival);
    },
    lastOver: (connection) => last.get(connection)?.at,
  };
}

async function* noting<T>(source: AsyncIterable<T>, note: () => void): AsyncGenerator<T> {
  for await (const chunk of source) {
    note();
    yield chunk;
  }
}

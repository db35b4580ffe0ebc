import type { Connection, DialTransportOptions, Transport, Upgrader } from "@libp2p/interface";
import { type WebSocketsComponents, webSockets } from "@libp2p/websockets";
import type { Clock } from "../../../runtime/port.ts";
import type { Arrivals } from "../liveness/arrivals.ts";
import { HangUpError } from "./connection-rules.ts";
import type { LeftAlone } from "./left-alone.ts";
import { limitUnread } from "./unread-limit.ts";

/** The handshakes of multistream, noise and the multiplexer are some kilobytes, with what an eager service node sends behind them. */
const MAX_HANDSHAKE_BYTES = 64 * 1024;
/** Two of the longest answers of a Store, while this thread does something else. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

export interface TimedDialOptions {
  readonly limitMs: number;
  readonly clock: Clock;
  /** Notes what comes over the connections. */
  readonly arrivals: Pick<Arrivals, "watch">;
  /** Told of who sends more than may be, and asked before each dial, whoever makes it. */
  readonly leftAlone: LeftAlone;
}

/** What is used of libp2p's transport. */
type Dial = Transport["dial"];

/**
 * libp2p's WebSocket transport with a time limit on each dial: from the first packet to the end of the handshakes.
 * libp2p's dial queue gives a dial up only when everybody who waits for it has, and the SDK waits for ever: a dial that
 * a network swallows would stay in the queue, and every later one to the same service node would join it and wait too.
 */
export function timedWebSockets(options: TimedDialOptions): (components: WebSocketsComponents) => Transport {
  const create = webSockets();
  return (components) => {
    const transport = create(components);
    transport.dial = timedDial(transport.dial.bind(transport), options);
    return transport;
  };
}

/** The same dial, aborted after the limit. */
export function timedDial(dial: Dial, { limitMs, clock, arrivals, leftAlone }: TimedDialOptions): Dial {
  return async (address, options: DialTransportOptions): Promise<Connection> => {
    const limit = new AbortController();
    const abort = (): void => limit.abort(options.signal.reason);
    const cancelLimit = clock.schedule(limitMs, () => limit.abort(new Error(`no connection in ${limitMs} ms`)));
    options.signal.addEventListener("abort", abort);
    try {
      options.signal.throwIfAborted();
      if (leftAlone.until(address.toString()) > 0) throw new Error("it is left alone for a while");
      const upgrader = guarded(options.upgrader, arrivals, () => leftAlone.note(address.toString(), "flood"));
      return await dial(address, { ...options, signal: limit.signal, upgrader });
    } finally {
      cancelLimit();
      options.signal.removeEventListener("abort", abort);
    }
  };
}

/** libp2p leaves the socket open when a handshake over it fails. */
function guarded(upgrader: Upgrader, arrivals: Pick<Arrivals, "watch">, onFlood: () => void): Upgrader {
  return {
    upgradeInbound: (socket, options) => upgrader.upgradeInbound(socket, options),
    createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
    getStreamMuxers: () => upgrader.getStreamMuxers(),
    getConnectionEncrypters: () => upgrader.getConnectionEncrypters(),
    upgradeOutbound: async (socket, options) => {
      const isBecome = arrivals.watch(socket);
      const unread = limitUnread(socket, MAX_HANDSHAKE_BYTES, onFlood);
      try {
        const connection = await upgrader.upgradeOutbound(socket, options);
        unread.raise(MAX_UNREAD_BYTES);
        isBecome(connection);
        return connection;
      } catch (error) {
        // Its WebSocket was accepted, and closed before we gave up.
        const isHungUp = socket.timeline.close !== undefined && options?.signal.aborted !== true;
        socket.abort(error instanceof Error ? error : new Error(String(error)));
        throw isHungUp ? new HangUpError("the other side hung up", { cause: error }) : error;
      }
    },
  };
}

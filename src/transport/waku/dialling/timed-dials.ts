import type { Connection, DialTransportOptions, Transport, Upgrader } from "@libp2p/interface";
import { type WebSocketsComponents, webSockets } from "@libp2p/websockets";
import type { Clock } from "../../../runtime/port.ts";
import type { Arrivals } from "../liveness/arrivals.ts";
import { HangUpError } from "./connection-rules.ts";

export interface TimedDialOptions {
  readonly limitMs: number;
  readonly clock: Clock;
  /** Notes what comes over the connections. */
  readonly arrivals: Pick<Arrivals, "watch">;
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
export function timedDial(dial: Dial, { limitMs, clock, arrivals }: TimedDialOptions): Dial {
  return async (address, options: DialTransportOptions): Promise<Connection> => {
    const limit = new AbortController();
    const abort = (): void => limit.abort(options.signal.reason);
    const cancelLimit = clock.schedule(limitMs, () => limit.abort(new Error(`no connection in ${limitMs} ms`)));
    options.signal.addEventListener("abort", abort);
    try {
      options.signal.throwIfAborted();
      const upgrader = guarded(options.upgrader, arrivals);
      return await dial(address, { ...options, signal: limit.signal, upgrader });
    } finally {
      cancelLimit();
      options.signal.removeEventListener("abort", abort);
    }
  };
}

/** libp2p leaves the socket open when a handshake over it fails. */
function guarded(upgrader: Upgrader, arrivals: Pick<Arrivals, "watch">): Upgrader {
  return {
    upgradeInbound: (socket, options) => upgrader.upgradeInbound(socket, options),
    createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
    getStreamMuxers: () => upgrader.getStreamMuxers(),
    getConnectionEncrypters: () => upgrader.getConnectionEncrypters(),
    upgradeOutbound: async (socket, options) => {
      const isBecome = arrivals.watch(socket);
      try {
        const connection = await upgrader.upgradeOutbound(socket, options);
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

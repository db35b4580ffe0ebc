import type { Connection, IncomingStreamData, Libp2p, Stream } from "@libp2p/interface";
import type { Clock } from "../../../runtime/port.ts";
import { FloodError } from "../dialling/unread-limit.ts";
import { FILTER_PUSH_CODEC } from "../wire/codecs.ts";
import type { FilterProtocol } from "../wire/sdk-parts.ts";
import { createPushBudget, type PushBudget } from "./push-budget.ts";

/** A service node needs one; nodes that open a stream per message need many. The SDK allows 100. */
const MAX_PUSH_STREAMS = 256;

export interface PushListeners {
  readonly onPush: (connection: Connection) => void;
  readonly onBroken: (connection: Connection) => void;
  /** More was pushed over this connection than may be. */
  readonly onFlood: (connection: Connection) => void;
}

/**
 * Puts itself before the SDK's handler of pushed messages, which never closes its own half of a push stream: a service
 * node that opens a stream per message would leave each of them half open, and after 100 messages are lost. The SDK
 * also leaves a stream at the first frame that it cannot read, and tells nobody: `onBroken` does. `onPush` tells over which
 * connection something was pushed. Whoever pushes without end, more than anybody says in channels, is cut off (`onFlood`): each
 * pushed message is hashed, decrypted and judged.
 */
export async function guardPushStreams(
  libp2p: Libp2p,
  filter: FilterProtocol,
  listeners: PushListeners,
  clock: Pick<Clock, "now">,
): Promise<void> {
  const { onBroken } = listeners;
  const budgets = new WeakMap<Connection, PushBudget>();
  const budgetOf = (connection: Connection): PushBudget => {
    const budget = budgets.get(connection) ?? createPushBudget(clock);
    budgets.set(connection, budget);
    return budget;
  };
  const receive = async ({ stream, connection }: IncomingStreamData): Promise<void> => {
    try {
      await stream.closeWrite();
      filter.onRequest({ connection, stream: watched(stream, connection, listeners, budgetOf(connection)) });
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)));
      onBroken(connection);
    }
  };
  await libp2p.unhandle(FILTER_PUSH_CODEC);
  await libp2p.handle(FILTER_PUSH_CODEC, (data) => void receive(data), { maxInboundStreams: MAX_PUSH_STREAMS });
}

function watched(stream: Stream, connection: Connection, listeners: PushListeners, budget: PushBudget): Stream {
  const { id, protocol } = stream;
  const halves = { id, protocol, sink: stream.sink, source: untilEnd(stream, connection, listeners, budget) };
  return halves as unknown as Stream;
}

async function* untilEnd(
  stream: Stream,
  connection: Connection,
  { onPush, onBroken, onFlood }: PushListeners,
  budget: PushBudget,
): AsyncGenerator<unknown> {
  let isEnded = false;
  try {
    for await (const chunk of stream.source) {
      if (!budget.spend(chunk.byteLength)) {
        onFlood(connection);
        throw new FloodError("more was pushed than anybody says in channels");
      }
      onPush(connection);
      yield chunk;
    }
    isEnded = true;
  } finally {
    if (isEnded) {
      stream.close().catch((error: Error) => stream.abort(error));
    } else {
      stream.abort(new Error("a pushed message could not be read"));
      onBroken(connection);
    }
  }
}

import type { StepInput } from "../../sds/io/step-input.ts";
import { isOnline, type Transport } from "../../transport/port.ts";
import type { HistoryReader } from "../receiving/history-reader.ts";

export interface FollowConnectionOptions {
  readonly transport: Pick<Transport, "health" | "onHealth" | "onDoubt">;
  /** What the protocol was told last. */
  readonly wasOnline: () => boolean;
  readonly tell: (input: StepInput) => void;
  readonly history: Pick<HistoryReader, "online" | "offline" | "look" | "again">;
  /** The health differs, perhaps only in its words. */
  readonly onHealth: () => void;
}

/**
 * The connection of one channel: that others are joined or opened over the same transport is no news to it, and no reason to
 * read its history again.
 */
export function connectionOf(
  transport: Pick<Transport, "health" | "onHealth" | "onDoubt">,
  contentTopic: string,
): Pick<Transport, "health" | "onHealth" | "onDoubt"> {
  const { onDoubt } = transport;
  return {
    // Of what was said on any topic, as the service node that pushed elsewhere serves them all.
    ...(onDoubt === undefined ? {} : { onDoubt }),
    health: () => transport.health(contentTopic),
    onHealth: (listener) => transport.onHealth(listener, contentTopic),
  };
}

/** Tells protocol and history reader of each change of the connection, and how it is now. Returns what ends that. */
export function followConnection(options: FollowConnectionOptions): () => void {
  const { transport, wasOnline, tell, history, onHealth } = options;

  function look(): void {
    const online = isOnline(transport.health());
    if (online !== wasOnline()) {
      tell({ kind: "connection", online });
      if (online) history.online();
      else history.offline();
    } else if (online) {
      // Another service node may be there, whose Store has what the others do not.
      history.look();
    }
    onHealth();
  }

  const stops = [transport.onHealth(look), transport.onDoubt?.(history.again)];
  look();
  return () => {
    for (const stop of stops) stop?.();
  };
}

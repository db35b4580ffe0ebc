import type { StepInput } from "../../sds/io/step-input.ts";
import type { Transport } from "../../transport/port.ts";
import type { HistoryReader } from "../receiving/history-reader.ts";

export interface FollowConnectionOptions {
  readonly transport: Pick<Transport, "health" | "onHealth">;
  /** What the protocol was told last. */
  readonly isOnline: () => boolean;
  readonly tell: (input: StepInput) => void;
  readonly history: Pick<HistoryReader, "online" | "offline">;
  /** The health differs, perhaps only in its words. */
  readonly onHealth: () => void;
}

/**
 * The connection of one channel: that others are joined or opened over the same transport is no news to it, and no reason to
 * read its history again.
 */
export function connectionOf(
  transport: Pick<Transport, "health" | "onHealth">,
  contentTopic: string,
): Pick<Transport, "health" | "onHealth"> {
  return {
    health: () => transport.health(contentTopic),
    onHealth: (listener) => transport.onHealth(listener, contentTopic),
  };
}

/** Tells protocol and history reader of each change of the connection, and how it is now. Returns what ends that. */
export function followConnection(options: FollowConnectionOptions): () => void {
  const { transport, isOnline, tell, history, onHealth } = options;

  function look(): void {
    const online = transport.health().kind === "online";
    if (online !== isOnline()) {
      tell({ kind: "connection", online });
      if (online) history.online();
      else history.offline();
    }
    onHealth();
  }

  const stop = transport.onHealth(look);
  look();
  return stop;
}

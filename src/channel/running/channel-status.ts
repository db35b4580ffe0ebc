import type { ChannelState } from "../../sds/channel-state.ts";
import { countWaiting } from "../../sds/outbox/outbox.ts";
import { reasonOf, type Transport } from "../../transport/port.ts";
import type { ChannelStatus, ReadingView } from "../api/channel-client.ts";
import type { ChannelClock } from "../receiving/channel-clock.ts";
import type { Life } from "./life.ts";

export interface StatusSources {
  readonly state: ChannelState;
  readonly transport: Pick<Transport, "health">;
  readonly clock: Pick<ChannelClock, "correctionMs" | "suggestedMs">;
  readonly reading: ReadingView | null;
  /** What keeps the past from being read; empty when nothing does. */
  readonly historyTrouble: string;
  readonly life: Pick<Life, "isClosed" | "problem">;
}

/** How the channel is doing, as it is now. */
export function channelStatus({
  state,
  transport,
  clock,
  life,
  reading,
  historyTrouble,
}: StatusSources): ChannelStatus {
  const health = transport.health();
  const problem = life.problem();
  return {
    connection: life.isClosed() ? "closed" : health.kind,
    peers: "peers" in health ? health.peers : 0,
    reason: reasonOf(health) || historyTrouble,
    waiting: countWaiting(state),
    reading: life.isClosed() ? null : reading,
    embargoed: state.receive.embargoed.size,
    clockCorrectionMs: clock.correctionMs(),
    clockSuggestionMs: clock.suggestedMs(),
    storageProblem: problem?.code === "storage" ? problem.message : "",
    mistake: problem?.code === "internal",
  };
}

import type { ChannelState } from "../../sds/channel-state.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import { HORIZON_MS } from "../../sds/parameters/parameters.ts";
import type { Intake } from "./intake.ts";

export interface HistoryMarkOptions {
  readonly state: ChannelState;
  readonly intake: Pick<Intake, "idle">;
  readonly dispatch: (input: StepInput) => Promise<void>;
}

/**
 * What was read counts as read when what its senders say of themselves is on its way to the disk as well
 * (docs/architecture.md, O4). `startedAt`: when the read began, by this device's clock. `source`: whose Store it was.
 */
export async function markHistoryRead(options: HistoryMarkOptions, startedAt: number, source: string): Promise<void> {
  const { state, intake, dispatch } = options;
  await intake.idle();
  await dispatch({ kind: "history-read", source, cursor: cursorOf(state, startedAt) });
}

/**
 * The cursor stays at what others said last: a device whose clock runs ahead would else put it behind what they are still going
 * to say. A day back at most, or who is alone for long would read all of their own words again and again.
 */
function cursorOf(state: ChannelState, startedAt: number): number {
  return Math.max(startedAt - HORIZON_MS, Math.min(startedAt, newestWordOfOthers(state)));
}

/** Lamport timestamp of the newest signed word of anybody else; 0 when nobody was heard. */
function newestWordOfOthers({ participants: { all } }: ChannelState): number {
  let newest = 0;
  for (const { index, lastClaimLamport } of all) if (index > 0) newest = Math.max(newest, lastClaimLamport);
  return newest;
}

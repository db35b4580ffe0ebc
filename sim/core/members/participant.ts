import type { ChannelState } from "../../../src/sds/channel-state.ts";
import type { StepInput } from "../../../src/sds/io/step-input.ts";
import type { Speaker } from "../network/frame.ts";
import type { SimDisk } from "./disk.ts";
import type { LocalClock } from "./local-clock.ts";

/** One honest participant, as the oracle, the mutations and the network see it. */
export interface SimParticipant {
  readonly index: number;
  readonly speaker: Speaker;
  readonly disk: SimDisk;
  readonly clock: LocalClock;
  /** Has a network. */
  readonly online: boolean;
  readonly running: boolean;
  /** Of the process that runs now; throws when none does. */
  readonly state: ChannelState;
  /** Messages refused, by reason. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Milliseconds since the epoch by its own clock. */
  now(): number;
  dispatch(input: StepInput): void;
}

import type { StepInput } from "../../sds/io/step-input.ts";
import type { ChannelClock } from "../receiving/channel-clock.ts";
import type { Life } from "./life.ts";

export interface ClockParts {
  readonly clock: Pick<ChannelClock, "correct">;
  readonly life: Pick<Life, "assertRuns">;
  readonly dispatch: (input: StepInput) => Promise<void>;
}

/** A person says what is to be added to this device's clock, in milliseconds; resolves when it is on disk. */
export async function correctClock({ clock, life, dispatch }: ClockParts, correctionMs: number): Promise<void> {
  life.assertRuns();
  clock.correct(correctionMs);
  await dispatch({ kind: "clock-corrected", correctionMs });
}

import type { StepInput } from "../../sds/io/step-input.ts";
import { ChannelError } from "../api/channel-client.ts";
import { MAX_CLOCK_CORRECTION_MS } from "../api/limits.ts";
import type { ChannelClock } from "../receiving/channel-clock.ts";
import type { Life } from "./life.ts";

export interface ClockParts {
  readonly clock: Pick<ChannelClock, "correct">;
  readonly life: Pick<Life, "assertRuns">;
  readonly dispatch: (input: StepInput) => Promise<void>;
}

/** A person says what is to be added to this device's clock, in milliseconds; resolves when it is on disk. */
export async function correctClock({ clock, life, dispatch }: ClockParts, correctionMs: number): Promise<void> {
  if (!Number.isSafeInteger(correctionMs) || Math.abs(correctionMs) > MAX_CLOCK_CORRECTION_MS) {
    throw new ChannelError("invalid", "A clock that is off by more than a day has to be set right on the device.");
  }
  life.assertRuns();
  clock.correct(correctionMs);
  await dispatch({ kind: "clock-corrected", correctionMs });
}

import type { IoAndBelow, StepContext } from "../io/step-context.ts";

/** What the room "clock" owns: the Lamport clock, and how long this device was connected. */
export interface ClockState {
  /** The highest Lamport timestamp given or merged, in milliseconds. */
  readonly lamport: number;
  /** Wall time of the last step, to notice that the clock was set back, or that the device slept. */
  readonly lastNow: number;
  /** What a person had added to the device's clock, in milliseconds; all times here are by the sum. */
  readonly correctionMs: number;
  /** How far the intake was behind at the last step. */
  readonly intakeLagMs: number;
  readonly connection: Connection;
}

/**
 * Connected time runs only while online, so that a night offline makes nobody absent and nothing lost. Nor does a night
 * asleep: who wakes thinks that it was online all along, so between two steps no more than `LONGEST_PAUSE_MS` counts.
 */
export interface Connection {
  readonly online: boolean;
  /** Wall time of the last change, moved when the clock was set and by what does not count. */
  readonly since: number;
  /** Milliseconds online before `since`. */
  readonly accumulatedMs: number;
  /** The same when this run began, and as last written to storage. */
  readonly startedMs: number;
  readonly savedMs: number;
}

export interface ClockAndBelow extends IoAndBelow {
  readonly clock: ClockState;
}

export function createClockState(): ClockState {
  return {
    lamport: 0,
    lastNow: 0,
    correctionMs: 0,
    intakeLagMs: 0,
    connection: { online: false, since: 0, accumulatedMs: 0, startedMs: 0, savedMs: 0 },
  };
}

export type ClockContext = StepContext<ClockAndBelow>;

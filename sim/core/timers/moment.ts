import { turnAt } from "../../../src/sds/budget/budget.ts";
import type { ChannelState } from "../../../src/sds/channel-state.ts";
import type { Effect } from "../../../src/sds/io/effect.ts";
import type { StepInput } from "../../../src/sds/io/step-input.ts";
import { presentParticipants } from "../../../src/sds/participants/presence.ts";
import { check } from "../report/violation.ts";

/** A clock may run too fast by 0.2 % for the minute that a timer is set for at most; times are whole milliseconds. */
export const SLACK_MS = 250;

/** One step of a member, as the checks of timers see it. `now` is wall time by the member's own clock. */
export interface Moment {
  readonly member: number;
  readonly now: number;
  readonly state: ChannelState;
  readonly input: StepInput;
  readonly effects: readonly Effect[];
  /** A rate limit may hold back what is due. */
  readonly isLimited: boolean;
}

/** Between two steps: what is left to be done. */
export type Pause = Pick<Moment, "member" | "now" | "state" | "isLimited">;

/** What is received is noted, and what it makes due is left to the next wake. */
export function runsSchedules({ kind }: StepInput): boolean {
  return !(kind === "receive-content" || kind === "receive-sync" || kind === "receive-claim" || kind === "seen-again");
}

/** How many are present. */
export function groupOf({ state, now }: Pause): number {
  return presentParticipants(state, now).length;
}

/** RATE-1, RATE-2: it may not be said yet. */
export function mustWait(pause: Pause, traffic: "sync" | "repair"): boolean {
  return pause.isLimited || turnAt(pause.state, traffic, groupOf(pause)) > pause.now;
}

/** W of docs/protocol.md, section 11. */
export function windowOf(pause: Pause): number {
  const { ackWindowMs, ackWindowMaxMs } = pause.state.identity.parameters;
  return Math.min(ackWindowMaxMs, ackWindowMs * Math.max(1, groupOf(pause) / 8));
}

/** It is due at `by`, and that is not long ago. */
export function checkInTime({ member, now }: Pick<Pause, "member" | "now">, by: number, what: () => string): void {
  check(now <= by + SLACK_MS, "timers fire in time", () => `member ${member}: ${what()} is ${now - by} ms late`);
}

/** It was not to happen before `from`. */
export function checkNotEarly({ member, now }: Pick<Pause, "member" | "now">, from: number, what: () => string): void {
  check(now >= from - 1, "timers do not fire early", () => `member ${member}: ${what()} is ${from - now} ms early`);
}

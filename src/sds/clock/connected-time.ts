import { LONGEST_PAUSE_MS } from "../parameters/parameters.ts";
import type { ClockAndBelow, ClockContext } from "./clock-state.ts";
import { ownClock, ownConnection } from "./own.ts";

/** Milliseconds that this device was connected, all runs together. */
export function connectedNow({ clock }: ClockAndBelow, now: number): number {
  const { online, since, accumulatedMs } = clock.connection;
  //= protocol: TIME-9, TIME-10
  const counted = Math.min(now, clock.lastNow + LONGEST_PAUSE_MS);
  return accumulatedMs + (online ? Math.max(0, counted - since) : 0);
}

/** The wall time at which connected time reaches `connectedMs`, or Infinity while offline. */
export function wallTimeOf(state: ClockAndBelow, now: number, connectedMs: number): number {
  if (!state.clock.connection.online) return Number.POSITIVE_INFINITY;
  return now + Math.max(0, connectedMs - connectedNow(state, now));
}

/** The transport can or cannot reach a service node. False when that is no news. */
export function noteConnection({ state, env }: ClockContext, online: boolean): boolean {
  const connection = ownConnection(state);
  if (connection.online === online) return false;
  connection.accumulatedMs = connectedNow(state, env.now);
  connection.online = online;
  connection.since = env.now;
  return true;
}

/** A pause of so many milliseconds does not count as connected: the device slept. */
export function leaveOutPause(state: ClockAndBelow, ms: number): void {
  ownConnection(state).since += ms;
}

/** The clock was set by so much, and what is measured on it with it. */
export function moveConnection(state: ClockAndBelow, byMs: number): void {
  ownConnection(state).since += byMs;
}

/** The time of this step. */
export function noteStepTime(state: ClockAndBelow, now: number): void {
  ownClock(state).lastNow = now;
}

/** When the channel is restored: so long it was connected before this run. */
export function restoreConnectedTime(state: ClockAndBelow, connectedMs: number, now: number): void {
  noteStepTime(state, now);
  const connection = ownConnection(state);
  connection.accumulatedMs = connectedMs;
  connection.startedMs = connectedMs;
  connection.savedMs = connectedMs;
}

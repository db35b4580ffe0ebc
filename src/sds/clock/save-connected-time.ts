import type { ClockAndBelow, ClockContext } from "./clock-state.ts";
import { connectedNow, wallTimeOf } from "./connected-time.ts";
import { ownConnection } from "./own.ts";

/**
 * Connected time has to survive kills, or a process that never lives long would wait for ever and count everybody as
 * present. It is written along with whatever is written anyway; and by itself so often that a kill costs half of what
 * this run was connected at most, and never more than five minutes. So an idle channel that lives long writes it seldom.
 */

/** A write that is made anyway takes it along when it is off by this much: less would put it into every commit. */
const ALONG_MS = 1_000;
/** The first time in a run: who is killed before has little to lose, and short runs would else write nothing but this. */
const FIRST_SAVE_MS = 5_000;
/** Half of `lostAfterMs`, so that a kill costs at most half of what a hole is waited for. */
const MAX_SAVE_EVERY_MS = 5 * 60_000;

/** To be called when everything else that a step writes is known. */
export function saveConnectedTime({ state, env, changes }: ClockContext): void {
  const { connection } = state.clock;
  //= protocol: TIME-9
  const connectedMs = connectedNow(state, env.now);
  const dueMs = changes.length > 0 ? connection.savedMs + ALONG_MS : nextSaveMs(state);
  if (connectedMs >= dueMs) saveNow({ state, changes }, connectedMs);
}

/** The connection is lost: the time that counted is over, and a kill is likelier than before. */
export function saveAtDisconnect({ state, env, changes }: ClockContext): void {
  const connectedMs = connectedNow(state, env.now);
  //= protocol: TIME-9
  if (connectedMs > state.clock.connection.savedMs) saveNow({ state, changes }, connectedMs);
}

/** Wall time at which it is to be written by itself. */
export function nextSaveAt(state: ClockAndBelow, now: number): number {
  return wallTimeOf(state, now, nextSaveMs(state));
}

function nextSaveMs({ clock: { connection } }: ClockAndBelow): number {
  const { savedMs, startedMs } = connection;
  //= protocol: TIME-10
  return savedMs + Math.min(MAX_SAVE_EVERY_MS, Math.max(FIRST_SAVE_MS, savedMs - startedMs));
}

function saveNow({ state, changes }: Pick<ClockContext, "state" | "changes">, connectedMs: number): void {
  ownConnection(state).savedMs = connectedMs;
  changes.push({ op: "meta", key: "connectedMs", value: connectedMs });
}

/**
 * The Trickle algorithm (RFC 6206), which paces idle syncs: the group says little while all agree, and speaks up within
 * `iMinMs` once somebody hears a difference. The state is plain data, changed in place; the caller owns the clock:
 * it calls `fire` at `nextAt`, and acts on what comes back.
 *
 * An interval of length I has one moment t in its second half at which the participant speaks, unless it has heard k
 * consistent messages since the interval began. At its end the next interval begins, twice as long, up to `iMaxMs`.
 */
export interface TrickleParameters {
  readonly iMinMs: number;
  readonly iMaxMs: number;
  /** Redundancy constant: that many consistent messages suppress one's own. */
  readonly k: number;
}

export interface TrickleState {
  readonly parameters: TrickleParameters;
  /** I: length of the current interval. */
  intervalMs: number;
  /** When the current interval ends. */
  intervalEnd: number;
  /** t of the current interval; null once it has passed. */
  speakAt: number | null;
  /** c: consistent messages heard in the current interval. */
  heard: number;
}

export interface TrickleStep {
  /** Speak now. */
  readonly send: boolean;
  /** Call `fire` at this time. */
  readonly nextAt: number;
}

/** Random source: from 0, below 1. */
type Random = () => number;

/** With 1, a single member who says yes to everything would silence the rest; each more is one sync more per interval. */
export const DEFAULT_REDUNDANCY = 2;

/** The first interval, of `iMinMs`. */
export function startTrickle(parameters: TrickleParameters, now: number, random: Random): TrickleState {
  const { iMinMs, iMaxMs, k } = parameters;
  if (!(iMinMs > 0 && iMaxMs >= iMinMs && k >= 1)) {
    throw new RangeError(`Trickle needs 0 < iMinMs <= iMaxMs and k >= 1, not ${iMinMs}, ${iMaxMs}, ${k}`);
  }
  const state: TrickleState = { parameters, intervalMs: iMinMs, intervalEnd: 0, speakAt: null, heard: 0 };
  beginInterval(state, now, iMinMs, random);
  return state;
}

/** The next time at which `fireTrickle` has something to do. */
export function nextTrickleAt(state: TrickleState): number {
  return state.speakAt ?? state.intervalEnd;
}

/** A message was heard that agrees with what this participant knows. */
export function trickleConsistent(state: TrickleState): void {
  state.heard++;
}

/**
 * A message was heard that differs: the interval shrinks to `iMinMs` and starts anew. In an interval of that length
 * already, nothing changes (RFC 6206, section 4.2, rule 6), so a flood of differences cannot put off speaking.
 * Returns the time of the next `fireTrickle`.
 */
export function trickleInconsistent(state: TrickleState, now: number, random: Random): number {
  if (state.intervalMs > state.parameters.iMinMs) beginInterval(state, now, state.parameters.iMinMs, random);
  return nextTrickleAt(state);
}

/**
 * To be called at `nextAt`, or later (a device that slept): at t it says whether to speak; at the end of the interval it
 * begins the next one. Called early it changes nothing. After a sleep beyond the end of an interval whose t
 * was missed it still speaks for that interval, once.
 */
export function fireTrickle(state: TrickleState, now: number, random: Random): TrickleStep {
  let send = false;
  if (state.speakAt !== null && now >= state.speakAt) {
    //= protocol: TRICKLE-2
    send = state.heard < state.parameters.k;
    state.speakAt = null;
  }
  if (now >= state.intervalEnd) {
    beginInterval(state, now, Math.min(state.intervalMs * 2, state.parameters.iMaxMs), random);
  }
  return { send, nextAt: nextTrickleAt(state) };
}

function beginInterval(state: TrickleState, now: number, intervalMs: number, random: Random): void {
  state.intervalMs = intervalMs;
  state.intervalEnd = now + intervalMs;
  state.heard = 0;
  // Not I/2 x (1 + random), which rounds up to the end of the interval for the largest random number below 1.
  const half = Math.ceil(intervalMs / 2);
  state.speakAt = now + half + Math.floor((intervalMs - half) * random());
}

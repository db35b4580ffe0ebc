import type { Clock } from "../../runtime/port.ts";
import type { ParticipantId } from "../../sds/wire/ids.ts";
import { MAX_CLOCK_CORRECTION_MS } from "../api/limits.ts";

/** Smaller differences are what networks and unattended clocks have; service nodes refuse what is further off. */
export const CLOCK_TOLERANCE_MS = 20_000;
/** A difference that changes by less than this is the same one, measured again. */
const SAME_MS = 5_000;
/** Everybody speaks at least once an hour, so who did not for two is not asked. */
const VOTE_LASTS_MS = 2 * 60 * 60_000;
/** One other clock against ours proves nothing; a liar alone must not move us. */
const FEWEST_VOTES = 2;

/**
 * The device's clock, set right by what most participants show. No protocol of a service node tells the time, so the
 * signed syncs of the others do: each is a vote on how far off we are. The median counts, with our own clock as one vote
 * of "not at all", so that less than half of the group cannot move anybody's clock.
 */
export interface CorrectedClock {
  /** Milliseconds since the epoch, corrected. */
  now(): number;
  /** What is added to the device's clock now; 0 when it is right, too far off, or nobody can tell. */
  correctionMs(): number;
  /** What should be added by what the others show, however much; for people to be told. */
  suspectedMs(): number;
  /**
   * A live, verified sync said that it is `theirs` now. Only the newest word of each signer counts, so a replay says nothing.
   * Returns by how much the corrected clock moved.
   */
  hear(signer: ParticipantId, theirs: number): number;
}

interface Vote {
  readonly theirs: number;
  readonly differenceMs: number;
  readonly at: number;
}

export function createCorrectedClock(clock: Pick<Clock, "now">): CorrectedClock {
  const votes = new Map<ParticipantId, Vote>();
  let correctionMs = 0;

  function differences(now: number): number[] {
    const heard: number[] = [];
    for (const [signer, { differenceMs, at }] of votes) {
      // The device's clock may have been set meanwhile, in either direction; then the vote is about another clock.
      if (Math.abs(now - at) > VOTE_LASTS_MS) votes.delete(signer);
      else heard.push(differenceMs);
    }
    return heard;
  }

  function medianOf(heard: readonly number[]): number {
    if (heard.length < FEWEST_VOTES) return 0;
    const median = medianTowardsZero([0, ...heard]);
    return Math.abs(median) > CLOCK_TOLERANCE_MS ? median : 0;
  }

  /** After a sleep too few are heard at first: as long as they say the same as all did before, that holds. */
  function wanted(heard: readonly number[]): number {
    const agree = heard.every((difference) => Math.abs(difference - correctionMs) <= CLOCK_TOLERANCE_MS);
    if (heard.length < FEWEST_VOTES && agree) return correctionMs;
    return medianOf(heard.filter((difference) => Math.abs(difference) <= MAX_CLOCK_CORRECTION_MS));
  }

  return {
    now: () => clock.now() + correctionMs,
    correctionMs: () => correctionMs,
    suspectedMs: () => (correctionMs === 0 ? medianOf(differences(clock.now())) : correctionMs),
    hear: (signer, theirs) => {
      const now = clock.now();
      if (theirs <= (votes.get(signer)?.theirs ?? Number.NEGATIVE_INFINITY)) return 0;
      votes.set(signer, { theirs, differenceMs: theirs - now, at: now });
      const next = wanted(differences(now));
      const moved = next - correctionMs;
      if (Math.abs(moved) < SAME_MS) return 0;
      correctionMs = next;
      return moved;
    },
  };
}

/** Of two middle ones the smaller step. */
function medianTowardsZero(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0;
  return Math.abs(lower) <= Math.abs(upper) ? lower : upper;
}

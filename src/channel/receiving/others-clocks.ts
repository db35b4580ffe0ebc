import { LAMPORT_EMBARGO_MS } from "../../sds/parameters/parameters.ts";
import type { MessageId, ParticipantId } from "../../sds/wire/ids.ts";

/** Smaller differences are what networks and unattended clocks have; service nodes refuse what is further off. */
export const CLOCK_TOLERANCE_MS = 20_000;
/**
 * Words that come later than this after they were said come from a slower clock, or were held back by somebody who means it:
 * queues are shorter. Up to here others name what we say, which proves a slower clock whatever holds their words back.
 */
const LATE_MS = LAMPORT_EMBARGO_MS;
/** Everybody speaks at least once an hour, so what is older is not asked. */
const WORD_LASTS_MS = 2 * 60 * 60_000;
/** Of each signer: enough that one that was held back does not count, few enough that a clock that was set is soon noticed. */
const WORDS_KEPT = 3;
/** Keys are cheap; that many are told apart from each other elsewhere, too. */
const MAX_SIGNERS = 1_024;
/** One other clock against ours proves nothing. */
const FEWEST_SIGNERS = 2;
/** Own messages that others may name. */
const OWN_KEPT = 64;
/** The clock is read at least once a minute. What was seen before a longer pause may have been seen by another clock. */
const LONGEST_GAP_MS = 5 * 60_000;
const SET_BACK_MS = 1_000;

/** A sync that was pushed to us and whose signature holds. Times are milliseconds since the epoch. */
export interface HeardSync {
  readonly signer: ParticipantId;
  /** Its Lamport timestamp, which its signer read off their clock. */
  readonly signedAt: number;
  /** By this device's clock, uncorrected. */
  readonly arrivedAt: number;
  /** What its signer had by then. */
  readonly named: readonly MessageId[];
}

/**
 * What the clocks of others show, as far as their signed words can tell. Two things are sure of an honest signer: a word
 * that says a later time than ours when it arrives comes from a faster clock, because whatever holds it up can only make it
 * look slower; and one that names a message of ours and says an earlier time than we had when we wrote it comes from a
 * slower one. A word that is merely late proves neither. Nothing here moves a clock: it is for a person to be asked.
 */
export interface OthersClocks {
  hear(sync: HeardSync): void;
  /** This device is saying a message, which nobody can have named before. */
  said(id: MessageId): void;
  /** Reads the device's clock; to be called at least once a minute. */
  notice(): void;
  /**
   * What most of those who were heard show, less the device's clock with `correctionMs` added to it, in milliseconds; 0
   * when they show no difference, or nobody can tell.
   */
  differenceMs(correctionMs: number): number;
}

/** How far a signer's clock is ahead of the device's (behind: negative), by one word. */
interface Word {
  readonly arrivedAt: number;
  /** At least so much. */
  readonly leastMs: number;
  /** At most so much; Infinity when it names nothing of ours. */
  readonly mostMs: number;
}

interface Witness {
  newest: number;
  words: Word[];
  /** What `words` show by the correction that was last reckoned with; null until it is wanted. */
  shownMs: number | null;
}

export function createOthersClocks(device: { now(): number }): OthersClocks {
  const witnesses = new Map<ParticipantId, Witness>();
  const own = new Map<MessageId, number>();
  let lastRead = device.now();
  /** The last answer; null when what it rests on is another by now. */
  let reckoned: { readonly correctionMs: number; readonly differenceMs: number } | null = null;
  let reckonedBy: number | null = null;
  /** No word is older. */
  let oldestAt = Number.POSITIVE_INFINITY;

  /** A clock that was set, and a device that slept, make all that was seen by it before worthless. */
  function read(): number {
    const now = device.now();
    //= protocol: WALL-5
    if (now < lastRead - SET_BACK_MS || now > lastRead + LONGEST_GAP_MS) {
      witnesses.clear();
      own.clear();
      reckoned = null;
    }
    lastRead = now;
    return now;
  }

  function dropOld(now: number): void {
    if (now - oldestAt <= WORD_LASTS_MS) return;
    oldestAt = Number.POSITIVE_INFINITY;
    for (const [signer, witness] of witnesses) {
      const kept = witness.words.filter(({ arrivedAt }) => now - arrivedAt <= WORD_LASTS_MS);
      if (kept.length < witness.words.length) say(witness, kept);
      if (kept.length === 0) witnesses.delete(signer);
      for (const { arrivedAt } of kept) oldestAt = Math.min(oldestAt, arrivedAt);
    }
  }

  function say(witness: Witness, words: Word[]): void {
    witness.words = words;
    witness.shownMs = null;
    reckoned = null;
  }

  function witnessOf(signer: ParticipantId, now: number): Witness | null {
    const known = witnesses.get(signer);
    if (known !== undefined) return known;
    //= protocol: LIMIT-14
    if (witnesses.size >= MAX_SIGNERS) dropOld(now);
    if (witnesses.size >= MAX_SIGNERS) return null;
    const witness: Witness = { newest: Number.NEGATIVE_INFINITY, words: [], shownMs: null };
    witnesses.set(signer, witness);
    return witness;
  }

  /** Nobody names a message before it was written, so the signer's clock is at most so far ahead of what ours was then. */
  function mostMs({ signedAt, named }: HeardSync): number {
    let most = Number.POSITIVE_INFINITY;
    for (const id of named) {
      const saidAt = own.get(id);
      if (saidAt !== undefined) most = Math.min(most, signedAt - saidAt);
    }
    return most;
  }

  return {
    //= protocol: WALL-2
    hear: (sync) => {
      const now = read();
      const { signer, signedAt, arrivedAt } = sync;
      // By another clock than the one that is read now, perhaps.
      if (arrivedAt > now || now - arrivedAt > LONGEST_GAP_MS) return;
      const witness = witnessOf(signer, now);
      if (witness === null) return;
      // It was set back, and what it said before is about another clock. Or somebody says an old word of theirs again, which
      // then silences them at most: what counts is newer than all that was heard.
      if (signedAt < witness.newest - LAMPORT_EMBARGO_MS) {
        say(witness, []);
        // Forgotten when next reckoned, so that they are heard by the clock that they have now.
        oldestAt = Number.NEGATIVE_INFINITY;
      }
      // Anybody can say an old word of theirs again.
      if (signedAt <= witness.newest) return;
      witness.newest = signedAt;
      const word = { arrivedAt, leastMs: signedAt - arrivedAt, mostMs: mostMs(sync) };
      say(witness, [...witness.words, word].slice(-WORDS_KEPT));
      oldestAt = Math.min(oldestAt, arrivedAt);
    },
    said: (id) => {
      own.set(id, read());
      const [oldest] = own.keys();
      if (own.size > OWN_KEPT && oldest !== undefined) own.delete(oldest);
    },
    notice: () => void read(),
    differenceMs: (correctionMs) => {
      dropOld(read());
      if (reckoned?.correctionMs === correctionMs) return reckoned.differenceMs;
      const differenceMs = witnesses.size < FEWEST_SIGNERS ? 0 : reckon(correctionMs);
      reckoned = { correctionMs, differenceMs };
      return differenceMs;
    },
  };

  /** Asked after each word that is heard, and nearly always all clocks agree: nothing is sorted then. */
  function reckon(correctionMs: number): number {
    const isSame = reckonedBy === correctionMs;
    reckonedBy = correctionMs;
    let faster = 0;
    let slower = 0;
    for (const witness of witnesses.values()) {
      if (!isSame) witness.shownMs = null;
      witness.shownMs ??= shownBy(witness.words, correctionMs);
      if (witness.shownMs > 0) faster++;
      if (witness.shownMs < 0) slower++;
    }
    // Our own clock counts as one that shows no difference.
    const others = witnesses.size;
    if (2 * Math.max(faster, slower) <= others) return 0;
    return medianTowardsZero([0, ...[...witnesses.values()].map(({ shownMs }) => shownMs ?? 0)]);
  }
}

/** What a signer's words show, or the least of it that is sure; 0 when they show no difference. */
function shownBy(words: readonly Word[], correctionMs: number): number {
  //= protocol: WALL-3, WALL-4
  const least = Math.max(...words.map(({ leastMs }) => leastMs)) - correctionMs;
  const most = Math.min(...words.map((word) => word.mostMs)) - correctionMs;
  if (least > CLOCK_TOLERANCE_MS) return least;
  if (most < -CLOCK_TOLERANCE_MS) return most;
  return least < -LATE_MS ? least : 0;
}

/** Of two middle ones the smaller step. */
function medianTowardsZero(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0;
  return Math.abs(lower) <= Math.abs(upper) ? lower : upper;
}

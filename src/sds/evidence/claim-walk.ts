import type { LogEntry } from "../log/log-entry.ts";
import type { Participant } from "../participants/participant.ts";

/** Entries, and references of theirs, that words may be followed over in one step: about a millisecond's. */
const WALKED_PER_STEP = 8_192;

/** What is left of that. One step may have many words to follow, so it is counted for all of them together. */
export interface Effort {
  left: number;
}

export function createEffort(): Effort {
  //= protocol: LIMIT-11
  return { left: WALKED_PER_STEP };
}

/** One word of a participant, followed at once or in later steps. */
export interface Word {
  readonly participant: Participant;
  readonly by: "content" | "sync";
  /** How many messages of others may still be told of. */
  othersLeft: number;
}

/** What a word proved in one step. */
export interface Gain {
  readonly word: Word;
  readonly effort: Effort;
  readonly listed: LogEntry[];
  readonly ancestry: LogEntry[];
}

export interface Walk {
  readonly participant: Participant;
  readonly completeSince: number;
  /** Entries from which it goes on. */
  readonly stack: LogEntry[];
  /** Named outright; null when it begins at an ancestor that came late. */
  readonly listed: LogEntry | null;
  /** What it found so far makes its claim a needed one. */
  needed: boolean;
}

/** What the words of participants prove and was too much to follow at once. */
export interface UnfinishedWalk extends Walk {
  readonly word: Word;
}

import type { IncomingContent } from "../../../src/sds/io/step-input.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";

/** One message as it was really said. */
export interface Truth {
  readonly content: IncomingContent;
  /** Index of the member, or of the liar. */
  readonly author: number;
  readonly honest: boolean;
  readonly requestId: string;
  /** True time at which it was composed. */
  readonly at: number;
  /** The author was told that it is accepted. */
  told: boolean;
}

export type Truths = ReadonlyMap<MessageId, Truth>;

/** What the oracle keeps of one member. */
export interface View {
  /** Delivered in this run or before, as far as the disk kept it. */
  readonly delivered: Set<MessageId>;
  /** Holes that were declared lost, whatever became of them. */
  readonly lost: Set<MessageId>;
  /** Who has what by somebody's own word, as the ledger tells it: by message, indexes of participants. */
  readonly told: Map<MessageId, Set<number>>;
  /** How many are known to have each own message; never fewer than before in one run. */
  readonly receivers: Map<MessageId, number>;
  lastSeq: number;
  steps: number;
  /** Own messages that were settled in this run. */
  readonly settled: Set<MessageId>;
  /** What was said to be added to the clock: what was told to be kept, and what was said since. */
  corrections: readonly number[];
}

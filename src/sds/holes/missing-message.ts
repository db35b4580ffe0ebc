import type { LogEntry } from "../log/log-entry.ts";
import type { Participant } from "../participants/participant.ts";
import type { MessageId } from "../wire/ids.ts";

/** An id that somebody names and we do not hold. */
export interface MissingMessage {
  readonly id: MessageId;
  /** In the order in which they were first missed. */
  readonly number: number;
  /**
   * The highest that a child's author signed for it: its place in the log, and what `complete_since` must stay above. A
   * lower one may be a lie that would let us claim it. Null when only syncs or plain SDS clients name it.
   */
  readonly lamport: number | null;
  readonly hint: Uint8Array | undefined;
  /** Held entries that name it as a parent. */
  readonly children: readonly LogEntry[];
  /** Store: wall time of the next request, and how many were made. */
  readonly askAt: number;
  readonly asks: number;
  /** SDS-R: wall time of the next request to the others, and how many were made. */
  readonly requestAt: number;
  readonly requests: number;
  /** Somebody else asked for it, so ours waited once. */
  readonly postponed: boolean;
  /** Somebody lists it as held, in a sync (or as a cause without a timestamp, which is no better). */
  readonly listed: boolean;
  /** Signers who name it. */
  readonly namedBy: ReadonlySet<number>;
  /** Who was the first to name it; null: not known any more, after a restart. */
  readonly inShareOf: Participant | null;
  /** Wall time at which it was first missed, or a person asked for it again. */
  readonly since: number;
  /** Connected time after which it is forgotten if only syncs name it. */
  readonly forgetAt: number;
  /** null: not shown yet (reordering is likelier than loss). lost: dependents were delivered past it. */
  readonly state: "fetching" | "lost" | null;
}

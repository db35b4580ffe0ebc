import type { Budget } from "../budget/token-buckets.ts";
import type { ChannelState } from "../channel-state.ts";
import type { Connection } from "../clock/clock-state.ts";
import type { KeptFilters } from "../evidence/evidence-state.ts";
import type { MissingMessage } from "../holes/missing-message.ts";
import type { Edge, LogEntry } from "../log/log-entry.ts";
import type { OutboxEntry } from "../outbox/outbox-entry.ts";
import type { Participant } from "../participants/participant.ts";
import type { PresentParticipants } from "../participants/present-participants.ts";
import type { EmbargoedMessage } from "../receive/receive-state.ts";
import type { PendingAnswer } from "../repair/repair-state.ts";

/**
 * Checked by the compiler alone: whatever a room lets others see of its state is read-only, in every field that is there
 * or will be. A field that others could write to is named in the error, as a value that is not `never`.
 */
type ReadOnly<T> = { readonly [K in keyof T]-?: Problem<T, K> };

type Problem<T, K extends keyof T> =
  Same<Pick<T, K>, Readonly<Pick<T, K>>> extends true
    ? T[K] extends Map<unknown, unknown> | Set<unknown> | unknown[]
      ? "a collection that can be changed"
      : never
    : "a field that can be set";

/** Whether two types are the same, `readonly` included. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type None<T> = [T] extends [never] ? true : false;
type Problems<T> = ReadOnly<T>[keyof T];

type Slices = { readonly [S in keyof ChannelState]: None<Problems<ChannelState[S]>> };
/** All that stands in a slice and is looked at from elsewhere. */
interface Parts {
  readonly connection: None<Problems<Connection>>;
  readonly participant: None<Problems<Participant>>;
  readonly entry: None<Problems<LogEntry>>;
  readonly edge: None<Problems<Edge>>;
  readonly outboxEntry: None<Problems<OutboxEntry>>;
  readonly budget: None<Problems<Budget>>;
  readonly missing: None<Problems<MissingMessage>>;
  readonly filters: None<Problems<KeptFilters>>;
  readonly effort: None<Problems<ChannelState["evidence"]["effort"]>>;
  readonly trickle: None<Problems<NonNullable<ChannelState["sync"]["trickle"]>>>;
  readonly unread: None<Problems<ChannelState["log"]["unread"]>>;
  readonly answer: None<Problems<PendingAnswer>>;
  readonly held: None<Problems<EmbargoedMessage>>;
  readonly present: None<Problems<PresentParticipants>>;
}

export const slicesAreReadOnly: { readonly [S in keyof Slices]: true } = {} as Slices;
export const partsAreReadOnly: { readonly [P in keyof Parts]: true } = {} as Parts;

// The check itself can see both kinds of problem.
export const seesFields: "a field that can be set" = {} as Problems<{ field: number }>;
export const seesCollections: "a collection that can be changed" = {} as Problems<{ readonly all: Set<number> }>;

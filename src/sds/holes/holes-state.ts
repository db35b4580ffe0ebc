import { DueQueue } from "../collections/due-queue.ts";
import type { StepContext } from "../io/step-context.ts";
import type { OutboxAndBelow } from "../outbox/outbox-state.ts";
import { Followers } from "../participants/followers.ts";
import type { MessageId } from "../wire/ids.ts";
import type { MissingMessage } from "./missing-message.ts";

/** What the room "holes" owns: what others name and is not held here, and from where on that matters. */
export interface HolesState {
  /** Ids that others name and we do not hold. */
  readonly missing: ReadonlyMap<MessageId, MissingMessage>;
  /** Fixed at the first start: what is below is from before we joined. */
  readonly joinLamport: number;
  /** Messages below this Lamport timestamp are forgotten, and count as known when others name them (`watermark.ts`). */
  readonly watermark: number;
  /** Messages that came and were below the watermark, the newest such. */
  readonly belowWatermark: ReadonlySet<MessageId>;
  /** Bodies below this Lamport timestamp were given up, but for a few (`give-up-bodies.ts`). */
  readonly bodiesSince: number;
  /** What the ledger told of messages below this Lamport timestamp was given up (`give-up-details.ts`). */
  readonly detailsSince: number;
  /** When what is missing is asked for; this room alone knows more of it. */
  readonly queues: object;
  /** Of the next one that is missed. */
  readonly nextNumber: number;
}

/** When each is to be asked of a Store; and of the others, for the first time, soon again, and later. For this room only. */
export interface AskingQueues {
  readonly fetches: DueQueue<MissingMessage>;
  readonly firstRequests: DueQueue<MissingMessage>;
  readonly soonRequests: DueQueue<MissingMessage>;
  readonly lateRequests: DueQueue<MissingMessage>;
  /** Whose syncs alone name which of the missing. */
  readonly followers: Followers;
}

export interface HolesAndBelow extends OutboxAndBelow {
  readonly holes: HolesState;
}

export function createHolesState(): HolesState {
  return {
    missing: new Map(),
    joinLamport: 0,
    watermark: 0,
    belowWatermark: new Set(),
    bodiesSince: 0,
    detailsSince: 0,
    queues: createQueues(),
    nextNumber: 0,
  };
}

export type HolesContext = StepContext<HolesAndBelow>;

function createQueues(): AskingQueues {
  return {
    fetches: new DueQueue(),
    firstRequests: new DueQueue(),
    soonRequests: new DueQueue(),
    lateRequests: new DueQueue(),
    followers: new Followers(),
  };
}

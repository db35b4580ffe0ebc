import type { RefusalReason } from "../../src/sds/io/effect.ts";

/**
 * What can happen to a message in a simulated world, with the rule of docs/protocol.md that decided it. Null: the world
 * did, by no rule (a frame is lost, a process dies).
 */
export const CLAUSE_OF = {
  composed: "COMPOSE-5",
  "composed anew": "ANEW-1",
  accepted: "COMPOSE-6",
  "first attempt": "SEND-1",
  "later attempt": "SEND-3",
  "attempt of the newest unconfirmed": "SEND-5",
  "attempt of a stored one": "SEND-6",
  "frame leaves": "LAYER-3",
  "frame kept": "LAYER-8",
  "frame not kept": null,
  "frame lost": null,
  "frame on its way": null,
  "frame duplicated": null,
  "frame divided": null,
  "frame missed": null,
  taken: "SEND-7",
  "not taken": "SEND-4",
  "resend planned": "SEND-3",
  "resend to somebody heard": "SEND-6",
  limited: "RATE-1",
  unconfirmed: "SEND-5",
  stored: "DUP-1",
  "given up": "SEND-4",
  "stopped or sent again": "SEND-5",
  settled: "SEND-7",
  "came live": "RECEIVE-1",
  "came out of the Store": "STORE-1",
  "came by repair": "REPAIR-8",
  "came again": "DUP-1",
  "came again otherwise": "DUP-2",
  "whole copy taken": "DUP-3",
  readmitted: "OWN-1",
  forged: "RECEIVE-3",
  "no message": "RECEIVE-1",
  "refused lamport-limit": "TIME-4",
  "refused unsigned": "PROFILE-1",
  "refused below-watermark": "STATE-7",
  "refused buffer-full": "RECEIVE-4",
  "refused embargo-full": "LIMIT-7",
  "refused strangers-full": "LIMIT-8",
  "refused bloom-length": "FILTER-6",
  "refused bloom-full": "FILTER-6",
  "refused bloom-decoys": "FILTER-6",
  waits: "DELIVER-1",
  embargoed: "RECEIVE-5",
  "delivered at once": "DELIVER-1",
  "delivered with its causes": "DELIVER-2",
  "delivered past what is lost": "DELIVER-5",
  moved: "PROFILE-7",
  "named by a sync": "TRICKLE-6",
  "named by a message": "DELIVER-1",
  "named as a cause": "COMPOSE-2",
  "asked of the Store": "HOLE-1",
  "asked of the others": "REPAIR-1",
  "put off": "REPAIR-7",
  "answer planned": "REPAIR-8",
  "answer planned as an ancestor": "REPAIR-10",
  "answer cancelled": "REPAIR-9",
  answered: "REPAIR-8",
  "listed in a sync": "SYNC-1",
  "sync lost": null,
  "credited outright": "CLAIM-1",
  "credited by ancestry": "CLAIM-2",
  "credited when it came": "CLAIM-4",
  "credited late": "CLAIM-5",
  "credited in a later step": "LIMIT-11",
  "claimed without a signature": "PROFILE-5",
  "level reached": "LEVEL-2",
  "receipts asked for": "RECEIPT-2",
  "receipt asked of it": "RECEIPT-5",
  "hole shown": "HOLE-2",
  "hole lost": "DELIVER-5",
  "hole closed": "HOLE-3",
  "to be composed anew": "ANEW-1",
  "to become a void": "ANEW-2",
  withdrawn: "ANEW-1",
  deleted: "ANEW-5",
  "process ended": null,
  restarted: "STATE-2",
} as const satisfies Record<`refused ${RefusalReason}`, string | null> & Record<string, string | null>;

export type EventKind = keyof typeof CLAUSE_OF;

export interface FollowEvent {
  readonly kind: EventKind;
  /** What happened, for people: the member's name and the time stand before it. */
  readonly words: string;
}

/** `12.340  m2 delivered, 3rd of 7 in the log [DELIVER-2]`; without brackets where no rule decided. */
export function lineOf(at: number, who: string, { kind, words }: FollowEvent): string {
  const clause = CLAUSE_OF[kind];
  const rule = clause === null ? "" : ` [${clause}]`;
  return `${(at / 1_000).toFixed(3).padStart(11)} ${who.padStart(3)} ${words}${rule}`;
}

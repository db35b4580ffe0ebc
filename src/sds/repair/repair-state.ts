import type { EvidenceAndBelow } from "../evidence/evidence-state.ts";
import type { StepContext } from "../io/step-context.ts";
import type { MessageId } from "../wire/ids.ts";

/** What the room "repair" owns: the answers that it owes, and when it may ask. */
export interface RepairState {
  /** Repairs that others asked for, by the id of what they miss. */
  readonly answers: ReadonlyMap<MessageId, PendingAnswer>;
  /** After coming back, requests may have syncs of their own until then, the next one not before. Wall times. */
  readonly eagerUntil: number;
  readonly eagerNextAt: number;
}

/** An answer to a repair request, given when its turn comes unless somebody is faster. */
export interface PendingAnswer {
  /** Wall time. */
  readonly at: number;
  /** Index of the participant who asked. */
  readonly requester: number;
}

export interface RepairAndBelow extends EvidenceAndBelow {
  readonly repair: RepairState;
}

export function createRepairState(): RepairState {
  return { answers: new Map(), eagerUntil: 0, eagerNextAt: 0 };
}

export type RepairContext = StepContext<RepairAndBelow>;

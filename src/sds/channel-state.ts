import { createBudgetState } from "./budget/budget-state.ts";
import { createClockState } from "./clock/clock-state.ts";
import { createEvidenceState } from "./evidence/evidence-state.ts";
import { createHolesState } from "./holes/holes-state.ts";
import type { ChannelIdentity, StepContext } from "./io/step-context.ts";
import { createLogState } from "./log/log-state.ts";
import { createOutboxState } from "./outbox/outbox-state.ts";
import { createParticipantsState } from "./participants/participants-state.ts";
import { createReceiveState, type ReceiveAndBelow } from "./receive/receive-state.ts";
import { createRepairState } from "./repair/repair-state.ts";
import { createSyncState } from "./sync/sync-state.ts";

/**
 * One channel as one participant knows it: a record of slices, one per room. Each is declared, created and changed in its
 * room only, and is read-only to everybody else. Changed in place by `step` and `giveUpBodies`, by nothing else.
 */
export interface ChannelState extends ReceiveAndBelow {}

export type ChannelContext = StepContext<ChannelState>;

export function createChannelState(identity: ChannelIdentity): ChannelState {
  return {
    identity,
    ledger: { seq: 0 },
    clock: createClockState(),
    budget: createBudgetState(),
    participants: createParticipantsState(identity),
    log: createLogState(),
    outbox: createOutboxState(),
    holes: createHolesState(),
    evidence: createEvidenceState(identity),
    repair: createRepairState(),
    sync: createSyncState(),
    receive: createReceiveState(),
  };
}

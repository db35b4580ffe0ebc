import { createCommitQueue } from "../disk/commit-queue.ts";
import { createLedgerFold } from "../disk/ledger-fold.ts";
import { createHistoryReader } from "../receiving/history-reader.ts";
import { createIntake } from "../receiving/intake.ts";
import { createOutbound } from "../sending/outbound.ts";
import { createEventLog } from "../views/event-log.ts";
import { createStepRunner } from "./step-runner.ts";

/** The parts by which the rules of order are kept (docs/architecture.md). Tests put one with a planted breach in its place. */
export interface ChannelParts {
  readonly createCommitQueue: typeof createCommitQueue;
  readonly createLedgerFold: typeof createLedgerFold;
  readonly createStepRunner: typeof createStepRunner;
  readonly createEventLog: typeof createEventLog;
  readonly createHistoryReader: typeof createHistoryReader;
  readonly createIntake: typeof createIntake;
  readonly createOutbound: typeof createOutbound;
}

export const CHANNEL_PARTS: ChannelParts = {
  ...{ createCommitQueue, createLedgerFold, createStepRunner, createEventLog, createHistoryReader, createIntake },
  createOutbound,
};

import type { Effect } from "../../sds/io/effect.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import type { Change, Durability } from "../../sds/io/records.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import { type Life, ownMistake } from "./life.ts";

/** What is done for a step once it is written. */
export type WrittenEffect = Exclude<Effect, { readonly kind: "commit" }>;

/** Who does what follows from steps. */
export interface StepFollowers {
  /** The state has changed, and nothing of it is written yet: what is planned may be due at another time. */
  readonly onStepped: () => void;
  readonly perform: (effect: WrittenEffect) => void;
  /** All that the input wanted is written and under way. */
  readonly onDone: (input: StepInput) => void;
}

/**
 * Runs the protocol. Each input is stepped at once, in the order in which inputs come; then its commit is waited for, then
 * its events are told, then its effects leave (docs/architecture.md, "Order": O1, O2, O3, O7).
 */
export interface StepRunner {
  /** Before the first input. Followers give inputs themselves, so they are made after the runner. */
  start(followers: StepFollowers): void;
  /** Resolves when what follows from the input is written; rejects when the channel is closed or stops. */
  dispatch(input: StepInput): Promise<void>;
  /** The same for inputs for which nobody waits: whoever needs to know that the channel stopped is told by its status. */
  tell(input: StepInput): void;
}

export interface StepRunnerOptions {
  readonly life: Pick<Life, "assertRuns" | "isClosed" | "stop">;
  /** One step of the protocol: changes the state in place and says what is to be done. */
  readonly step: (input: StepInput) => readonly Effect[];
  /** Called at once after each step, so that commits keep the order of steps; resolves when it is written. */
  readonly commit: (changes: readonly Change[], durability: Durability) => Promise<void>;
  /** Ledger rows that are written now. */
  readonly publish: (rows: readonly LedgerRow[]) => void;
}

export function createStepRunner({ life, step, commit, publish }: StepRunnerOptions): StepRunner {
  let followers: StepFollowers | null = null;

  async function dispatch(input: StepInput): Promise<void> {
    if (followers === null) throw new Error(`Nobody follows what ${input.kind} brings yet.`);
    const { onStepped, perform, onDone } = followers;
    life.assertRuns();
    const effects = stepOrStop(input);
    onStepped();
    const [first] = effects;
    const written = first?.kind === "commit" ? first : null;
    await (written === null ? undefined : commit(written.changes, written.durability));
    if (written !== null) publish(ledgerRowsOf(written.changes));
    for (const effect of effects) if (effect.kind !== "commit" && !life.isClosed()) perform(effect);
    onDone(input);
  }

  /** A step that throws is our mistake: stop, and boot from what is written. */
  function stepOrStop(input: StepInput): readonly Effect[] {
    try {
      return step(input);
    } catch (cause) {
      const mistake = ownMistake(cause);
      life.stop(mistake);
      throw mistake;
    }
  }

  return {
    start: (all) => {
      followers = all;
    },
    dispatch,
    tell: (input) => void dispatch(input).catch(() => {}),
  };
}

function ledgerRowsOf(changes: readonly Change[]): LedgerRow[] {
  return changes.flatMap((change) => (change.op === "put" && change.table === "ledger" ? [change.record] : []));
}

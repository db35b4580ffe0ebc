import type { ChannelState } from "../channel-state.ts";
import { checkRows, type StateWatch, watchState } from "../checks/watch-state.ts";
import type { Effect } from "../io/effect.ts";
import type { Environment } from "../io/step-context.ts";
import type { StepInput } from "../io/step-input.ts";
import { step } from "../step.ts";

/** Of small states it is all; of large ones each look goes on where the last one stopped. */
const ITEMS_A_STEP = 100;

const watches = new WeakMap<ChannelState, StateWatch>();

/** A step, after which nothing in the state contradicts anything else. */
export function checkedStep(state: ChannelState, input: StepInput, env: Environment): Effect[] {
  const seqBefore = state.ledger.seq;
  const effects = step(state, input, env);
  const watch = watches.get(state) ?? watchState(state);
  watches.set(state, watch);
  const finding = checkRows(state, effects, seqBefore) ?? watch.all(env.now, ITEMS_A_STEP);
  if (finding !== null) throw new Error(`After ${input.kind} it does not hold that ${finding}.`);
  return effects;
}

/** Runs stages in order, tells what came of each, and lets one that only computes run beside those that mostly wait. */

/**
 * @typedef {{ passed: number, failed: number, tail: string, failures?: readonly string[] }} Result failures: a line or a few each
 * @typedef {(line: string) => void} Say prints a line, now or when its stage's turn comes
 * @typedef {(say: Say, isBeside: boolean) => Promise<Result>} RunStage
 * @typedef {{ name: string, needs: readonly string[], beside?: string, run: RunStage }} Stage
 *   beside: begins with that stage, if it is asked for too, and is to take only what the others leave of the machine
 */

/**
 * The stages that are named and all that they need, in their order; all if none is named.
 * @param {readonly Stage[]} stages
 * @param {readonly string[]} names
 * @throws RangeError for a name that no stage has
 */
export function selectStages(stages, names) {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) throw new RangeError(`There is no stage ${unknown.join(", ")}`);
  const selected = new Set(names);
  // Walking backwards pulls in what the selected stages need.
  for (const stage of stages.toReversed())
    if (selected.has(stage.name)) for (const need of stage.needs) selected.add(need);
  return names.length === 0 ? stages : stages.filter((stage) => selected.has(stage.name));
}

/**
 * Runs stages; one whose need failed does not run and has failed. What a stage beside others says comes in its turn.
 * @param {readonly Stage[]} stages
 * @param {Say} print
 * @returns {Promise<{ passed: number, failed: number }>} of all stages
 */
export async function runStages(stages, print) {
  const results = new Map();
  const begun = new Map();
  for (const stage of stages) {
    print(`\n== ${stage.name}${begun.has(stage.name) ? `, which ran since ${stage.beside} began` : ""}`);
    for (const other of stages.filter(({ beside }) => beside === stage.name)) {
      begun.set(other.name, runStage(other, results, undefined));
    }
    const result = await (begun.get(stage.name) ?? runStage(stage, results, print));
    results.set(stage.name, result);
    for (const line of result.lines) print(line);
    if (result.failed > 0) print(`${result.tail}\n-- the stage ${stage.name} FAILED; logs are in .cache/test`);
    print(`== ${stage.name}: ${result.passed} passed, ${result.failed} failed, ${result.seconds} s`);
  }
  // Once more, for a reader who is shown only the end of a long output.
  for (const [stage, { failures = [] }] of results) {
    for (const failure of failures) print(`\nFAILED in ${stage}: ${failure}`);
  }
  const sum = (key) => [...results.values()].reduce((total, result) => total + result[key], 0);
  return { passed: sum("passed"), failed: sum("failed") };
}

/** `print` is undefined for a stage beside others, of which the lines are kept. */
async function runStage(stage, results, print) {
  const started = performance.now();
  const lines = [];
  const blocker = stage.needs.find((need) => results.get(need)?.failed !== 0);
  const result =
    blocker === undefined
      ? await attempt(() => stage.run(print ?? ((line) => lines.push(line)), print === undefined))
      : { passed: 0, failed: 1, tail: `not run, because ${blocker} failed` };
  return { ...result, lines, seconds: ((performance.now() - started) / 1000).toFixed(1) };
}

async function attempt(run) {
  try {
    return await run();
  } catch (error) {
    return { passed: 0, failed: 1, tail: error.stack, failures: [error.stack] };
  }
}

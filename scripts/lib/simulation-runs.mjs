/** Which simulations `npm test` and `npm run check:long` run, and what shows that one really ran and broke nothing. */
import { availableParallelism } from "node:os";

const MINUTE = 60_000;
const JOBS = ["--jobs", String(availableParallelism())];
const SWARM = /^\{"seeds":.*"violations":0[,}].*\}$/gm;
const SCENARIO = /^\{"scenario":.*"violation":null\}$/gm;
const CRASH_POINTS = /^\{"script":.*"runs":[1-9].*"violations":0[,}].*\}$/gm;
const MUTATION = /^\{"mutation":.*\}$/gm;
const DIFFERENTIAL = /^\{"seed":.*"oursDelivered":100,.*"oursTwice":0,.*"oursBeforeCause":0,.*\}$/gm;

/**
 * @typedef {{ name: string, args: readonly string[], proof: RegExp, least: number, timeoutMs: number }} SimulationRun
 *   proof: a line of the output that shows a result without a violation; least: how many such lines there have to be
 */

/** Each takes a minute or so where it is alone. They run beside browsers, at a low priority, maybe on a busy machine. */
const SHORT_LIMIT_MS = 40 * MINUTE;

/** @type {readonly SimulationRun[]} A few minutes. Seeds are fixed, so that a failure is one's own. */
export const SHORT_RUNS = [
  { name: "swarm", args: ["--seeds", "200", ...JOBS], proof: SWARM, least: 1, timeoutMs: SHORT_LIMIT_MS },
  { name: "full-stack", args: ["--full", "--seeds", "12", ...JOBS], proof: SWARM, least: 1, timeoutMs: SHORT_LIMIT_MS },
  { name: "scenarios", args: ["--scenario", "all"], proof: SCENARIO, least: 21, timeoutMs: SHORT_LIMIT_MS },
  { name: "crash-points", args: ["--crash-points"], proof: CRASH_POINTS, least: 5, timeoutMs: SHORT_LIMIT_MS },
];

/** @type {readonly SimulationRun[]} Hours. */
export const LONG_RUNS = [
  { name: "swarm", args: ["--seeds", "20000", ...JOBS], proof: SWARM, least: 1, timeoutMs: 240 * MINUTE },
  { name: "full-stack", args: ["--full", "--seeds", "400", ...JOBS], proof: SWARM, least: 1, timeoutMs: 60 * MINUTE },
  { name: "scenarios", args: ["--scenario", "all"], proof: SCENARIO, least: 21, timeoutMs: 20 * MINUTE },
  { name: "512-members", args: ["--scenario", "512-members"], proof: SCENARIO, least: 1, timeoutMs: 60 * MINUTE },
  { name: "mutations", args: ["--mutations"], proof: MUTATION, least: 23, timeoutMs: 60 * MINUTE },
  { name: "crash-points", args: ["--crash-points"], proof: CRASH_POINTS, least: 5, timeoutMs: 30 * MINUTE },
  {
    name: "crash-points-indexeddb",
    args: ["--crash-points", "--storage", "dexie"],
    proof: CRASH_POINTS,
    least: 5,
    timeoutMs: 30 * MINUTE,
  },
  {
    name: "differential",
    args: ["--differential", "--seeds", "20"],
    proof: DIFFERENTIAL,
    least: 60,
    timeoutMs: 60 * MINUTE,
  },
];

/**
 * @param {SimulationRun} run
 * @param {{ code: number, output: string }} done
 * @returns {{ ok: boolean, lines: readonly string[] }} ok: it ended well and showed all its results
 */
export function judge({ proof, least }, { code, output }) {
  const lines = output.match(proof) ?? [];
  return { ok: code === 0 && lines.length >= least, lines };
}

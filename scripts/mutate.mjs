/**
 * `npm run mutate`: changes the code in small ways, one at a time and in memory, and counts how many of these mutants the
 * tests notice. Prints each that nobody noticed (a missing test, or a change that makes no difference), a table by room,
 * and last one JSON object.
 * Usage: node scripts/mutate.mjs [FOLDER or FILE ...] [--most N] [--seed S] [--file PART] [--least PERCENT] [--all]
 *   FOLDER: src/sds/outbox for example; src/sds, src/channel and src/bridge by default
 *   --most: so many mutants of each room, drawn by the seed; all by default
 *   --file: only of files whose path has this in it
 *   --least: fails when a room's score is lower; else it fails only if it could not be measured
 *   --all: prints those that were noticed too, and by which test
 *   --root, --limit: a tree without settings of Vitest, and the shortest time limit (ms), for tests of this program
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MUTATED, roomOf, sourcesIn, testsFor } from "./lib/mutant-tests.mjs";
import { openTrials } from "./lib/mutant-trials.mjs";
import { mutantsOf } from "./lib/mutants.mjs";
import { drawn } from "./lib/seeded-draw.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SHOWN = 70;
/** So much of what is the same before and after is enough to find the place. */
const CONTEXT = 24;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    most: { type: "string" },
    seed: { type: "string" },
    file: { type: "string" },
    least: { type: "string" },
    all: { type: "boolean", default: false },
    root: { type: "string" },
    limit: { type: "string" },
  },
});
const root = resolve(values.root ?? ROOT);
const most = number("most", Number.POSITIVE_INFINITY);
const seed = number("seed", Date.now() % 1_000_000);
const least = number("least", 0);

/** Mutants to try, by room. */
function chosen() {
  const rooms = new Map();
  for (const path of positionals.length === 0 ? MUTATED : positionals) {
    const files = sourcesIn(root, path.replace(/\/$/, ""));
    for (const file of files.filter((name) => name.includes(values.file ?? ""))) {
      const found = mutantsOf(readFileSync(join(root, file), "utf8"), { tsx: file.endsWith("x") });
      const room = rooms.get(roomOf(file)) ?? [];
      rooms.set(roomOf(file), room);
      room.push(...found.map((mutant) => ({ file, mutant })));
    }
  }
  // By file again, so that a module's neighbours are still warm.
  for (const [room, all] of rooms) {
    const some = new Set(drawn(all, most, `${seed} ${room}`));
    rooms.set(
      room,
      all.filter((one) => some.has(one)),
    );
  }
  return [...rooms].filter(([, mutants]) => mutants.length > 0);
}

async function main() {
  const rooms = chosen();
  if (rooms.length === 0) fail("There is nothing to mutate there.");
  const trials = await openTrials(root, {
    ...(values.root === undefined ? {} : { config: false }),
    ...(values.limit === undefined ? {} : { leastLimitMs: number("limit", 0) }),
  });
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    // Vitest's own listener leaves at once, though a process of it may be in an endless loop.
    process.removeAllListeners(signal);
    process.on(signal, () => void trials.stop().finally(() => process.exit(code)));
  }
  try {
    const scores = new Map();
    for (const [room, mutants] of rooms) scores.set(room, await score(trials, mutants));
    report(scores);
  } finally {
    await trials.close();
  }
}

/** Tries the mutants of one room. */
async function score(trials, mutants) {
  const counts = { mutants: 0, noticed: 0, hung: 0, unnoticed: 0, unread: 0 };
  // Files of a room have the same tests in different orders.
  const known = new Set();
  for (const { file, mutant } of mutants) {
    const tests = testsFor(root, file);
    if (tests.length === 0) fail(`No test is named for ${file}.`);
    const same = [...tests].sort().join();
    if (!known.has(same)) {
      // Once more: on a busy machine a test may have run out of time.
      const failures = (await trials.baseline(tests)).length === 0 ? [] : await trials.baseline(tests);
      if (failures.length > 0) fail(`Without any mutant a test of ${file} fails: ${failures[0]}`);
      known.add(same);
    }
    const started = performance.now();
    const { verdict, by } = await trials.tryMutant(file, mutant, tests);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    counts.mutants++;
    counts[verdict]++;
    const isMissed = verdict === "unnoticed" || verdict === "unread";
    if (!isMissed && !values.all) continue;
    console.log(`${verdict.padEnd(9)} ${file}:${mutant.line}  ${mutant.operator}  ${shown(mutant)}`);
    if (values.all) console.log(`          after ${seconds} s${by && `: ${by}`}`);
  }
  return counts;
}

/** `before -> after` on one line, without what is the same at their beginning. */
function shown({ before, after }) {
  const [old, now] = [before, after].map((text) => text.replace(/\s+/g, " "));
  let same = 0;
  while (same < old.length && old[same] === now[same]) same++;
  const from = Math.max(0, same - CONTEXT);
  const part = (text) =>
    (from > 0 ? "…" : "") + text.slice(from, from + SHOWN) + (text.length > from + SHOWN ? "…" : "");
  return `${part(old)}  ->  ${after === ";" ? "(removed)" : part(now)}`;
}

function report(scores) {
  const total = { mutants: 0, noticed: 0, hung: 0, unnoticed: 0, unread: 0 };
  const rows = [...scores].map(([room, counts]) => {
    for (const key of Object.keys(total)) total[key] += counts[key];
    return [room, counts];
  });
  console.log(`\n${"room".padEnd(24)} mutants  noticed  hung  not noticed  not read  score`);
  for (const [room, counts] of [...rows, ["all", total]]) {
    const columns = [counts.mutants, counts.noticed, counts.hung, counts.unnoticed, counts.unread];
    const widths = [7, 8, 5, 12, 9];
    const cells = columns.map((count, index) => String(count).padStart(widths[index]));
    console.log(`${room.padEnd(24)} ${cells.join(" ")} ${`${percent(counts)} %`.padStart(6)}`);
  }
  const low = rows.filter(([, counts]) => percent(counts) < least).map(([room]) => room);
  if (low.length > 0) {
    console.log(`Below ${least} %: ${low.join(", ")}`);
    process.exitCode = 1;
  }
  const byRoom = Object.fromEntries(rows.map(([room, counts]) => [room, percent(counts)]));
  console.log(JSON.stringify({ seed, ...total, score: percent(total), rooms: byRoom }));
}

/** A mutant that makes the tests hang is noticed: whoever runs them sees it. */
function percent({ mutants, noticed, hung }) {
  return Math.floor((100 * (noticed + hung)) / mutants);
}

function number(name, fallback) {
  if (values[name] === undefined) return fallback;
  const given = Number(values[name]);
  if (!Number.isFinite(given) || given < 0) fail(`--${name} ${values[name]} is no number.`);
  return given;
}

function fail(reason) {
  console.error(reason);
  process.exit(2);
}

await main();

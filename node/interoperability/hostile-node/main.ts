import "../../polyfills.ts";
import { createBench } from "./bench.ts";
import { SCENARIOS } from "./scenarios.ts";

/**
 * `npm run check:node`: a hostile service node against real clients, one misdeed after the other. A line of JSON for each; the
 * last one is the sum. Exit 1 if anything did not hold.
 * Usage: npm run check:node -- [NAME ...]  (all by default; --list names them)
 */
const names = process.argv.slice(2);

if (names.includes("--list")) {
  for (const { name, misdeed, mustHold } of SCENARIOS) say({ name, misdeed, mustHold });
  process.exit(0);
}
const unknown = names.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(", ")}; --list names all.`);
  process.exit(2);
}

let missed = 0;
const chosen = SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name));
for (const scenario of chosen) {
  const { name, misdeed, mustHold } = scenario;
  const bench = createBench();
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const finding = await scenario.run(bench).catch((error: unknown) => ({ misses: [`it broke off: ${String(error)}`] }));
  await bench.end();
  const { user, system } = process.cpuUsage(cpu);
  missed += finding.misses.length > 0 ? 1 : 0;
  say({
    ...{ name, ok: finding.misses.length === 0, misdeed, mustHold, ...finding },
    ...{ ms: Math.round(performance.now() - startedAt), cpuMs: Math.round((user + system) / 1_000) },
    rssMib: Math.round(process.memoryUsage.rss() / 1024 / 1024),
  });
}
say({ scenarios: chosen.length, passed: chosen.length - missed, failed: missed });
// What of the SDK still waits is nobody's business.
process.exit(missed === 0 ? 0 : 1);

function say(line: unknown): void {
  console.log(JSON.stringify(line));
}

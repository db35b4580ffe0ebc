/**
 * Keeps the tables of rooms in docs/architecture.md as scripts/lib/rooms.mjs and the code have it.
 * Usage: node scripts/rooms.mjs [--write]  (in the repository's root; without --write it fails when they are stale)
 */
import { readFileSync, writeFileSync } from "node:fs";
import { renewed } from "./lib/room-tables.mjs";

const PAGE = "docs/architecture.md";
const before = readFileSync(PAGE, "utf8");
const after = renewed(before, ".");

if (process.argv.includes("--write")) writeFileSync(PAGE, after);
else if (after !== before)
  console.error(`stale-rooms: ${PAGE} is not as the code is; run node scripts/rooms.mjs --write`);
const problems = after === before || process.argv.includes("--write") ? 0 : 1;
console.log(`rooms: ${problems} problems`);
process.exitCode = problems;

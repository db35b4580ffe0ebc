/**
 * Checks the layers with dependency-cruiser and fails when a source file was not seen: a cruise of nothing finds nothing.
 * dependency-cruiser has no command-line way to do the latter, hence its API.
 */
import { existsSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import swc from "@swc/core";
import { folders, options, ruleSet } from "../.dependency-cruiser.mjs";
import { HOUSES, NO_ROOMS, roomsOf } from "./lib/rooms.mjs";

// dependency-cruiser parses every file as plain TypeScript, in which JSX is a syntax error. It shares this module object.
const parseFileSync = swc.parseFileSync;
swc.parseFileSync = (file, settings) => parseFileSync(file, { ...settings, tsx: file.endsWith("x") });
const { cruise } = await import("dependency-cruiser");

const SOURCE = new Set([".ts", ".tsx", ".mjs", ".js"]);

/** Source files under a folder, as paths relative to the working directory. */
function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && SOURCE.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Folders of a house that have no place in the order, so that nothing says what they may import. */
function unlistedRooms() {
  return HOUSES.filter(({ folder }) => existsSync(folder)).flatMap((house) => {
    const listed = new Set(roomsOf(house).map(({ name }) => name));
    return readdirSync(house.folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !NO_ROOMS.has(entry.name) && !listed.has(entry.name))
      .map((entry) => `room-without-a-place: ${house.folder}/${entry.name} is not in scripts/lib/rooms.mjs`);
  });
}

function describe(violation) {
  const route = violation.cycle?.length
    ? [violation.from, ...violation.cycle.map((step) => step.name ?? step)].join(" -> ")
    : `${violation.from} -> ${violation.to}`;
  return `${violation.rule.name}: ${route}`;
}

const present = folders.filter((folder) => existsSync(folder));
const sources = present.flatMap(sourcesIn).map((file) => file.replaceAll("\\", "/"));
const { output } = await cruise(present, { ...options, ruleSet, validate: true });
const cruised = new Set(output.modules.map((module) => module.source));
const unseen = sources.filter((file) => !cruised.has(file));
const problems = [
  ...output.summary.violations.map(describe),
  ...unlistedRooms(),
  ...unseen.map((file) => `not-cruised: ${file} was not looked at`),
  ...(sources.length === unseen.length ? ["nothing-cruised: 0 modules cruised, so no layer was checked"] : []),
];

for (const problem of problems) console.error(problem);
console.log(`layers: ${sources.length - unseen.length} modules cruised, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Which files are mutated, in which room each is, and which tests have to notice. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { HOUSES, TOP } from "./rooms.mjs";

/** Houses whose score is measured. */
export const MUTATED = ["src/sds", "src/channel", "src/bridge"];

/**
 * Tests beside those of the file's own room, by the path of the source: what puts the rooms of a house together, the
 * quickest first. All tests of a house would take more than half a minute a mutant.
 */
export const FURTHER_TESTS = [
  { sources: "src/sds/wire/", tests: ["src/channel/vectors.test.ts"] },
  {
    sources: "src/sds/",
    tests: [
      "src/sds/clock-set.test.ts",
      "src/sds/sleep.test.ts",
      "src/sds/strangers.test.ts",
      "src/sds/sync-clock.test.ts",
      "src/sds/step.test.ts",
    ],
  },
  {
    sources: "src/channel/",
    tests: [
      "src/channel/channel.test.ts",
      "src/channel/order.test.ts",
      "src/channel/vectors.test.ts",
      "src/channel/api/channel-client.contract.test.ts",
      "src/channel/host/host.test.ts",
    ],
  },
  { sources: "src/bridge/", tests: ["src/bridge/ports.test.ts", "src/bridge/bridge.contract.test.ts"] },
];

const TEST = /\.test\.tsx?$/;
const NO_SOURCE = /\.test\.tsx?$|(?:^|[.-])contract\.tsx?$|\.d\.ts$|(?:^|\/)(?:testing|vectors)\//;

/** @returns {string[]} files below a folder that are mutated, by path from the root; a file stands for itself */
export function sourcesIn(root, path) {
  if (/\.tsx?$/.test(path)) return [path];
  return filesIn(root, path, true).filter((file) => /\.tsx?$/.test(file) && !NO_SOURCE.test(file));
}

/** @returns {string} the room that a file is in, as `src/sds/outbox`; `src/sds` for the files at its top */
export function roomOf(file) {
  const house = HOUSES.find(({ folder }) => file.startsWith(`${folder}/`));
  if (house === undefined) return dirname(file);
  const name = file.slice(house.folder.length + 1).split("/");
  return name.length === 1 ? house.folder : `${house.folder}/${name[0] ?? TOP}`;
}

/** @returns {string[]} the tests that have to notice a mutant of the file, the likeliest first */
export function testsFor(root, file) {
  const room = roomOf(file);
  const isTop = HOUSES.some(({ folder }) => folder === room);
  const own = filesIn(root, room, !isTop).filter((path) => TEST.test(path));
  const further = FURTHER_TESTS.filter(({ sources }) => file.startsWith(sources)).flatMap(({ tests }) => tests);
  const name = basename(file).replace(/\.tsx?$/, "");
  const rank = (test) => (basename(test).startsWith(`${name}.`) ? 0 : test.includes(".property.") ? 2 : 1);
  const ownFirst = own.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).filter((test) => !further.includes(test));
  return [...new Set([...ownFirst, ...further])];
}

function filesIn(root, folder, recursive) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

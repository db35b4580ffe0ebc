import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HOUSES, TOP } from "./rooms.mjs";

const BEGIN = "<!-- rooms: written by node scripts/rooms.mjs --write -->";
const END = "<!-- end of rooms -->";

/** The page with its block of rooms as it should be. @throws Error when the page has no such block */
export function renewed(page, root) {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`No block between "${BEGIN}" and "${END}"`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${roomTables(root)}\n\n${page.slice(end)}`;
}

/** All houses: their floors in one drawing, then a table of rooms for each. */
export function roomTables(root) {
  const width = Math.max(...HOUSES.map(({ folder }) => folder.length));
  const lines = HOUSES.map(({ folder, floors }) => ` ${folder.padEnd(width)}  ${floors.map(floorWords).join(" < ")}`);
  return ["```", ...lines.flatMap(wrapped), "```", ...HOUSES.flatMap((house) => ["", ...tableOf(house, root)])].join(
    "\n",
  );
}

const floorWords = (floor) => floor.map(({ name }) => (name === TOP ? "(its top files)" : name)).join(", ");

/** The longest house does not fit into one line. */
function wrapped(line) {
  if (line.length <= 120) return [line];
  const cut = line.lastIndexOf(" < ", 116);
  const indent = " ".repeat(line.search(/ {2}(?! )/) + 1);
  return [line.slice(0, cut), `${indent}${line.slice(cut)}`];
}

function tableOf({ folder, floors }, root) {
  const rooms = floors.flat().toReversed();
  const owners = rooms.map(({ name }) => ownedBy(root, folder, name));
  const owns = owners.some((words) => words !== "");
  const head = [`| ${folder} | It answers |${owns ? " It owns |" : ""}`, `|---|---|${owns ? "---|" : ""}`];
  return [
    ...head,
    ...rooms.map(
      ({ name, answers }, index) => `| ${linkOf(folder, name)} | ${answers} |${owns ? ` ${owners[index]} |` : ""}`,
    ),
  ];
}

function linkOf(folder, name) {
  return name === TOP ? `[its top files](../${folder})` : `[${name}](../${folder}/${name}/README.md)`;
}

/** What a room says in its `<room>-state.ts` of the slice that it owns; empty when it owns none. */
function ownedBy(root, folder, name) {
  const file = join(root, folder, name, `${name}-state.ts`);
  if (!existsSync(file)) return "";
  const words = /\/\*\* What the room "\w+" owns(, [^:]*)?: ([^*.]*)/.exec(readFileSync(file, "utf8"));
  if (words === null) throw new Error(`${file} does not say what the room "${name}" owns`);
  return `\`state.${name}\`: ${words[2]}`;
}

/**
 * Which rules of docs/protocol.md have code and a test, by comments of the form
 *
 *   //= protocol: DELIVER-2, ACK-1
 *
 * on a line of their own. In a source file such a line stands directly above the statement that implements the rules, or
 * is the first of the function's body when the whole function does; never between a docstring and what it is of. In a
 * test it stands directly above the test that shows them: one that fails when the rule is broken, not one that merely
 * runs the code. `testing/` and `sim/` are tests here.
 * Fails for a rule without code or test, a comment that names no rule, a rule that is there twice, and a mention of a
 * rule that does not exist in the page itself.
 * Usage: node scripts/clauses.mjs [--list] (in the repository's root); --list says where each rule is implemented and shown.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const PAGE = "docs/protocol.md";
const FOLDERS = ["src", "node", "sim", "web-demo", "extension", "e2e"];
const SOURCE = /\.(?:[cm]?ts|tsx|mjs)$/;
const TEST = /(?:\.(?:test|e2e)\.tsx?|contract\.ts)$|(?:^|\/)(?:testing|sim|e2e)\//;
const HEADING = /^## (\d+)\. (.+)$/;
/** At the start of a bullet, or of a row of a table. */
const CLAUSE = /^(?:- |\| )\[([A-Z]+-[1-9]\d*)\](.*)$/;
const MENTION = /\b([A-Z]+)-(\d+)\b/g;
const COMMENT = /^\s*\/\/=(.*)$/;
const FORM = /^ protocol: ([A-Z]+-[1-9]\d*(?:, [A-Z]+-[1-9]\d*)*)\s*$/;

/** @typedef {{ id: string, line: number, section: string, local: boolean, code: string[], tests: string[] }} Clause */

/** @returns {{ clauses: Map<string, Clause>, problems: string[] }} The rules of the page, in its order. */
function readPage(text) {
  const clauses = new Map();
  const problems = [];
  let section = "";
  for (const [index, line] of text.split("\n").entries()) {
    const [, number, title] = HEADING.exec(line) ?? [];
    if (number !== undefined) section = `${number}. ${title}`;
    const [, id, rest] = CLAUSE.exec(line) ?? [];
    if (id === undefined) continue;
    const local = /^ \((?:[^)]*, )?local\)|^ \|[^|]*\(local\)/.test(rest);
    if (clauses.has(id)) problems.push(`${PAGE}:${index + 1}: ${id} is there twice`);
    else clauses.set(id, { id, line: index + 1, section, local, code: [], tests: [] });
  }
  return { clauses, problems: [...problems, ...danglingMentions(text, clauses)] };
}

/** What looks like a rule's id, by a word that rules have, and is none. */
function danglingMentions(text, clauses) {
  const words = new Set([...clauses.keys()].map((id) => id.slice(0, id.lastIndexOf("-"))));
  return text.split("\n").flatMap((line, index) => {
    const unknown = [...line.matchAll(MENTION)].filter(([id, word]) => words.has(word) && !clauses.has(id));
    return unknown.map(([id]) => `${PAGE}:${index + 1}: ${id} is no rule`);
  });
}

function sourcesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).replaceAll("\\", "/"))
    .filter((file) => !/(?:^|\/)(?:node_modules|dist)\//.test(file))
    .sort();
}

/** Notes the comments of one file at their rules; returns what is wrong with them. */
function readSource(file, clauses) {
  const problems = [];
  const role = TEST.test(file) ? "tests" : "code";
  for (const [index, line] of readFileSync(file, "utf8").split("\n").entries()) {
    const [, comment] = COMMENT.exec(line) ?? [];
    if (comment === undefined) continue;
    const at = `${file}:${index + 1}`;
    const [, ids] = FORM.exec(comment) ?? [];
    if (ids === undefined) problems.push(`${at}: write it as "//= protocol: WORD-1, WORD-2"`);
    for (const id of ids?.split(", ") ?? []) {
      const clause = clauses.get(id);
      if (clause === undefined) problems.push(`${at}: ${id} is no rule of ${PAGE}`);
      else clause[role].push(at);
    }
  }
  return problems;
}

function lacking({ id, line, code, tests }) {
  const at = `${PAGE}:${line}: ${id}`;
  return [...(code.length === 0 ? [`${at} has no code`] : []), ...(tests.length === 0 ? [`${at} has no test`] : [])];
}

/** @param {Clause[]} clauses */
function table(clauses) {
  const counts = [...groupBySection(clauses)].map(([section, rules]) => rowOf(section, rules));
  const rows = [["Section", "Rules", "local", "with code", "with test"], ...counts, rowOf("all", clauses)];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const cell = (value, column) => (column === 0 ? value.padEnd(widths[0]) : String(value).padStart(widths[column]));
  return rows.map((row) => row.map(cell).join("  "));
}

/** Node 20 has no Map.groupBy. */
function groupBySection(clauses) {
  const sections = new Map();
  for (const clause of clauses) sections.set(clause.section, [...(sections.get(clause.section) ?? []), clause]);
  return sections;
}

function rowOf(name, rules) {
  const count = (holds) => rules.filter(holds).length;
  const withCode = count(({ code }) => code.length > 0);
  const withTest = count(({ tests }) => tests.length > 0);
  return [name, rules.length, count(({ local }) => local), withCode, withTest];
}

function list({ id, local, line, code, tests }) {
  const mark = local ? " (local)" : "";
  return [`${id}${mark}  ${PAGE}:${line}`, ...code.map((at) => `  code  ${at}`), ...tests.map((at) => `  test  ${at}`)];
}

const { values } = parseArgs({ options: { list: { type: "boolean", default: false } } });
const { clauses, problems } = readPage(readFileSync(PAGE, "utf8"));
for (const file of FOLDERS.flatMap(sourcesIn)) problems.push(...readSource(file, clauses));
const rules = [...clauses.values()];
problems.push(...rules.flatMap(lacking));
if (rules.length === 0) problems.push(`${PAGE}: no rule was found, so none was checked`);

if (values.list) for (const line of rules.flatMap(list)) console.log(line);
for (const line of table(rules)) console.log(line);
for (const problem of problems) console.error(problem);
console.log(`clauses: ${rules.length} rules, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

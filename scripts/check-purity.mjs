/**
 * What dependency-cruiser cannot see, checked on the syntax tree (@swc/core):
 *
 * - src/sds is pure: no clock, chance, timer, host object, promise or locale. Same input, same effects, everywhere.
 * - transport, storage and ui take types only from src/sds: they must not run a part of the protocol behind its back.
 *
 * A name counts as the global unless the file binds it itself, so a variable called `window` is fine.
 * Usage: node scripts/check-purity.mjs (in the repository's root)
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "@swc/core";

const IMPURE_GLOBALS = new Set([
  ...["Date", "performance", "setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval"],
  ...["queueMicrotask", "requestAnimationFrame", "crypto", "indexedDB", "localStorage", "chrome", "browser", "window"],
  ...["self", "globalThis", "global", "process", "document", "navigator", "fetch", "WebSocket", "console"],
  ...["Promise", "Intl", "WeakRef", "FinalizationRegistry", "eval", "Function", "require"],
]);
const IMPURE_METHODS = new Set(["localeCompare", "toLocaleString", "toLocaleLowerCase", "toLocaleUpperCase"]);
const TYPES_ONLY = ["src/transport", "src/storage", "src/ui"];
const isTest = (file) => /(\.test\.tsx?|contract\.tsx?)$|\/testing\//.test(file);

/** TypeScript files of a folder that are not tests. */
function sourcesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).replaceAll("\\", "/"))
    .filter((file) => !isTest(file));
}

/** Calls `visit(node, parent, key)` for every node, parents first. */
function walk(node, visit, parent, key) {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, visit, parent, key);
  } else if (node !== null && typeof node === "object") {
    if (typeof node.type === "string") visit(node, parent, key);
    for (const [name, child] of Object.entries(node)) {
      if (name !== "span") walk(child, visit, typeof node.type === "string" ? node : parent, name);
    }
  }
}

const BINDING_KEYS = new Set(["id", "local", "key", "param", "params", "pat", "elements", "argument", "left"]);
const PATTERNS =
  /Pattern$|^AssignmentPatternProperty$|^RestElement$|^CatchClause$|^Parameter$|^VariableDeclarator$|^Import.*Specifier$|Declaration$|^FunctionExpression$/;

/** Names that the file itself binds: variables, parameters, functions, classes, imports. Scopes are not told apart. */
function boundNames(tree) {
  const names = new Set();
  walk(tree, (node, parent, key) => {
    if (node.type !== "Identifier" || parent === undefined || !BINDING_KEYS.has(key)) return;
    if (PATTERNS.test(parent.type) || (parent.type === "ArrowFunctionExpression" && key === "params"))
      names.add(node.value);
  });
  return names;
}

/** `Math` is pure but for `random`, so it may only appear as `Math.name`. */
function isImpureMath(node, parent) {
  if (parent?.type !== "MemberExpression" || parent.object !== node) return true;
  return parent.property.type !== "Identifier" || parent.property.value === "random";
}

/** The rule that a node of src/sds breaks, or undefined. */
function impurity(node, parent, key, bound) {
  if (node.type === "AwaitExpression") return "await";
  if (node.async === true) return "async";
  if (node.type === "ForOfStatement" && node.await) return "for await";
  if (node.type !== "Identifier") return undefined;
  const isProperty = parent?.type === "MemberExpression" && key === "property";
  if (isProperty) return IMPURE_METHODS.has(node.value) ? node.value : undefined;
  if (key === "key" || parent?.type?.startsWith("Ts") || bound.has(node.value)) return undefined;
  if (node.value === "Math") return isImpureMath(node, parent) ? "Math.random" : undefined;
  return IMPURE_GLOBALS.has(node.value) ? node.value : undefined;
}

/** The tree of a file, and the line of each node (swc counts UTF-8 bytes over all files of the process together). */
function parse(file) {
  // The appended statement's end is the file's end, whatever comments surround the code: from it follows the file's base.
  const source = `${readFileSync(file, "utf8")}\n;0`;
  const bytes = Buffer.from(source);
  const tree = parseSync(source, { syntax: "typescript", tsx: file.endsWith("x"), target: "es2022" });
  const base = tree.body.at(-1).span.end - bytes.length;
  const lineOf = (node) =>
    node.span
      ? bytes
          .subarray(0, node.span.start - base)
          .toString()
          .split("\n").length
      : "?";
  return { tree, lineOf };
}

function purityProblems(file) {
  const { tree, lineOf } = parse(file);
  const bound = boundNames(tree);
  const problems = [];
  walk(tree, (node, parent, key) => {
    const what = impurity(node, parent, key, bound);
    if (what !== undefined)
      problems.push(`sds-no-impurity: ${file}:${lineOf(node)} uses ${what}; src/sds gets it by env`);
  });
  return problems;
}

/** An import or re-export that survives compilation: not `import type`, and not of types alone. */
function takesValues(item) {
  if (item.typeOnly === true || item.source == null) return false;
  return item.specifiers === undefined || item.specifiers.some((specifier) => specifier.isTypeOnly !== true);
}

function typeOnlyProblems(file) {
  const { tree, lineOf } = parse(file);
  return tree.body
    .filter((item) => takesValues(item) && /(^|\/)sds\//.test(item.source.value))
    .map(
      (item) => `sds-types-only: ${file}:${lineOf(item)} takes values from ${item.source.value}; take its types only`,
    );
}

const core = sourcesIn("src/sds");
const users = TYPES_ONLY.flatMap(sourcesIn);
const problems = [...core.flatMap(purityProblems), ...users.flatMap(typeOnlyProblems)];
if (core.length === 0) problems.push("nothing-checked: src/sds has no source files");
for (const problem of problems) console.error(problem);
console.log(`purity: ${core.length + users.length} files checked, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

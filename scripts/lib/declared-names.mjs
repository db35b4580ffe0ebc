import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "@swc/core";

/** What each kind of node declares, as the key under which its name is. */
const DECLARATIONS = {
  FunctionDeclaration: "identifier",
  ClassDeclaration: "identifier",
  VariableDeclarator: "id",
  TsInterfaceDeclaration: "id",
  TsTypeAliasDeclaration: "id",
  ClassMethod: "key",
  MethodProperty: "key",
  TsMethodSignature: "key",
};
const FUNCTIONS = new Set(["ArrowFunctionExpression", "FunctionExpression"]);

/**
 * Names that a file of TypeScript declares: functions and methods at any depth, constants of the file itself, classes and
 * types. Neither what it calls nor what a function keeps in a variable.
 */
export function declaredNames(file) {
  const names = new Set();
  const tree = parseSync(readFileSync(file, "utf8"), {
    syntax: "typescript",
    tsx: file.endsWith("x"),
    target: "es2022",
  });
  collect(tree, names, false);
  return names;
}

function collect(node, names, isInside) {
  if (Array.isArray(node)) {
    for (const child of node) collect(child, names, isInside);
  } else if (node !== null && typeof node === "object") {
    const name = declared(node, isInside);
    if (typeof name === "string") names.add(name);
    const within = isInside || node.type === "BlockStatement" || FUNCTIONS.has(node.type);
    for (const child of Object.values(node)) collect(child, names, within);
  }
}

function declared(node, isInside) {
  if (node.type === "KeyValueProperty") return FUNCTIONS.has(node.value.type) ? node.key.value : undefined;
  if (node.type === "VariableDeclarator" && isInside && !FUNCTIONS.has(node.init?.type)) return undefined;
  const key = DECLARATIONS[node.type];
  return key === undefined ? undefined : node[key]?.value;
}

/** The same of all files of a folder and the folders in it, tests left out. */
export function declaredIn(folder) {
  const names = new Set();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue;
    for (const name of declaredNames(join(entry.parentPath ?? entry.path, entry.name))) names.add(name);
  }
  return names;
}

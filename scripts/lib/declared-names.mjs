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

/** Names that a file of TypeScript declares: functions, constants, classes, types, and methods in them. Not what it calls. */
export function declaredNames(file) {
  const names = new Set();
  const tree = parseSync(readFileSync(file, "utf8"), {
    syntax: "typescript",
    tsx: file.endsWith("x"),
    target: "es2022",
  });
  collect(tree, names);
  return names;
}

function collect(node, names) {
  if (Array.isArray(node)) {
    for (const child of node) collect(child, names);
  } else if (node !== null && typeof node === "object") {
    const key = node.type === "KeyValueProperty" && FUNCTIONS.has(node.value.type) ? "key" : DECLARATIONS[node.type];
    const name = key === undefined ? undefined : node[key]?.value;
    if (typeof name === "string") names.add(name);
    for (const child of Object.values(node)) collect(child, names);
  }
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

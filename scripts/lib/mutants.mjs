/**
 * Mutants of a file of TypeScript: each is one small change of what the code does, for a test to notice. Where they are
 * is read off the syntax tree (@swc/core); what each change is says `mutant-operators.mjs`.
 */
import { parseSync } from "@swc/core";
import { operate } from "./mutant-operators.mjs";

/** What only the compiler reads. */
const TYPES = new Set([
  ...["typeAnnotation", "returnType", "typeParameters", "typeParams", "typeArguments", "superTypeParams", "implements"],
]);
/** Expressions with a type beside them: the expression is code. */
const WITH_EXPRESSION = new Set([
  ...["TsAsExpression", "TsSatisfiesExpression", "TsNonNullExpression", "TsConstAssertion", "TsInstantiation"],
]);
/** Neither names of modules nor the words of an error are mutated. */
const LEFT_ALONE = /^(?:ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration|ThrowStatement)$/;
/** Before the source, so that the first statement's span says where the parser began to count. */
const MARK = ";";

/**
 * @typedef {{ operator: string, start: number, end: number, line: number, before: string, after: string }} Mutant
 *   start, end: places in the source, in UTF-16 units; line: from 1; after: what stands there instead of `before`
 */

/**
 * @param {string} source
 * @param {{ tsx?: boolean }} [options]
 * @returns {Mutant[]} in the order of the file, each change once
 */
export function mutantsOf(source, { tsx = false } = {}) {
  const tree = parseSync(MARK + source, { syntax: "typescript", tsx, target: "es2022" });
  // The parser counts bytes; from where, and whether anew for each file, differs between its versions.
  const bytes = Buffer.from(source);
  const base = tree.body[0].span.start + MARK.length;
  const isPlain = bytes.length === source.length;
  const place = isPlain ? (at) => at - base : (at) => bytes.subarray(0, at - base).toString().length;
  const span = (node) => {
    const { start, end } = node.span ?? node;
    return { start: place(start), end: place(end) };
  };
  const text = (node) => {
    const { start, end } = span(node);
    return source.slice(start, end);
  };

  const mutants = new Map();
  const add = (node, operator, after) => {
    const { start, end } = span(node);
    const before = source.slice(start, end);
    if (before === after) return;
    const line = source.slice(0, start).split("\n").length;
    const key = `${start}-${end} ${after}`;
    if (!mutants.has(key)) mutants.set(key, { operator, start, end, line, before, after });
  };
  walk(tree.body.slice(1), { parent: undefined, function: undefined }, (node, above) =>
    operate(node, above, { add, text, span, source }),
  );
  return [...mutants.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** @returns {string} the source with this one change */
export function mutated(source, { start, end, after }) {
  return source.slice(0, start) + after + source.slice(end);
}

function walk(node, above, visit) {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, above, visit);
    return;
  }
  if (node === null || typeof node !== "object") return;
  // Some parts, as a call's arguments, are wrapped in what is no node itself.
  if (typeof node.type !== "string") {
    for (const child of Object.values(node)) walk(child, above, visit);
    return;
  }
  if (WITH_EXPRESSION.has(node.type)) {
    walk(node.expression, above, visit);
    return;
  }
  if (node.type.startsWith("Ts") || LEFT_ALONE.test(node.type)) return;
  visit(node, above);
  const within = { parent: node, function: "returnType" in node ? node : above.function };
  for (const [key, child] of Object.entries(node)) {
    const isName = key === "key" && node.computed !== true;
    if (key !== "span" && !TYPES.has(key) && !isName) walk(child, within, visit);
  }
}

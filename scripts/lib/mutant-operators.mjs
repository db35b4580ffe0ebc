/** What is changed in a program to see whether a test notices: each operator is a kind of slip that people make. */

const FLIPPED = { "<": "<=", "<=": "<", ">": ">=", ">=": ">", "===": "!==", "!==": "===" };
const SWAPPED = { "&&": "||", "||": "&&" };
const SUMS = { "+": "-", "-": "+" };
const SUM_ASSIGNMENTS = { "+=": "-=", "-=": "+=" };
const STRINGS = new Set(["StringLiteral", "TemplateLiteral"]);
const LITERALS = new Set(["BooleanLiteral", "NullLiteral"]);
/** One more of a thousand milliseconds is a slip that nobody could see, so what is large is doubled. */
const LARGE = 100;

/**
 * Adds the mutants of one node.
 * @param node of the syntax tree
 * @param above `parent`: the node around it; `function`: the function around it
 * @param file `add(node, operator, after)`; `text(node)`; `span(node)`; `source`
 */
export function operate(node, above, file) {
  OPERATORS[node.type]?.(node, above, file);
}

const OPERATORS = {
  BinaryExpression(node, { parent }, file) {
    const { operator, left, right } = node;
    const [kind, other] =
      operator in FLIPPED
        ? ["comparison", FLIPPED[operator]]
        : operator in SWAPPED
          ? ["logic", SWAPPED[operator]]
          : operator in SUMS && !STRINGS.has(left.type) && !STRINGS.has(right.type)
            ? ["sum", SUMS[operator]]
            : [];
    if (other === undefined) return;
    const changed = withOperator(node, left, right, other, file);
    // `a && b && c` must become `(a || b) && c`.
    const isInner = kind === "logic" && parent?.type === "BinaryExpression";
    file.add(node, kind, isInner ? `(${changed})` : changed);
  },

  AssignmentExpression(node, _above, file) {
    const { operator, left, right } = node;
    if (operator === "??=") file.add(node, "default", withOperator(node, left, right, "=", file));
    const other = SUM_ASSIGNMENTS[operator];
    if (other !== undefined && !STRINGS.has(right.type))
      file.add(node, "sum", withOperator(node, left, right, other, file));
  },

  UnaryExpression(node, _above, file) {
    if (node.operator === "!") file.add(node, "negation", file.text(node.argument));
  },

  AwaitExpression(node, _above, file) {
    file.add(node, "await", file.text(node.argument));
  },

  IfStatement(node, _above, file) {
    condition(node.test, ["true", "false"], file);
  },
  ConditionalExpression(node, _above, file) {
    condition(node.test, ["true", "false"], file);
  },
  // Loops that never end would only cost time.
  WhileStatement(node, _above, file) {
    condition(node.test, ["false"], file);
  },
  DoWhileStatement(node, _above, file) {
    condition(node.test, ["false"], file);
  },
  ForStatement(node, _above, file) {
    if (node.test !== null && node.test !== undefined) condition(node.test, ["false"], file);
  },

  ExpressionStatement(node, _above, file) {
    if (acts(node.expression)) file.add(node, "statement", ";");
  },

  ReturnStatement(node, { parent, function: around }, file) {
    if (node.argument !== null && node.argument !== undefined) emptied(node.argument, around, file);
    else leavesEarly(node, parent, file);
  },
  ContinueStatement(node, { parent }, file) {
    leavesEarly(node, parent, file);
  },
  ArrowFunctionExpression(node, _above, file) {
    if (node.body.type !== "BlockStatement" && node.body.type !== "FunctionBody") emptied(node.body, node, file);
  },

  NumericLiteral(node, _above, file) {
    if (!Number.isInteger(node.value)) return;
    if (node.value > LARGE) {
      file.add(node, "number", String(node.value * 2));
      return;
    }
    file.add(node, "number", String(node.value + 1));
    if (node.value > 0) file.add(node, "number", String(node.value - 1));
  },

  MemberExpression(node, _above, file) {
    if (node.object.type !== "Identifier" || node.object.value !== "Math") return;
    const other = { min: "max", max: "min" }[node.property.value];
    if (other !== undefined) file.add(node, "extreme", `Math.${other}`);
  },
};

/** The node with another operator between its sides; comments there stay as they are. */
function withOperator({ operator }, left, right, other, { span, source }) {
  const [{ start }, { end }] = [span(left), span(right)];
  const [gapStart, gapEnd] = [span(left).end, span(right).start];
  const gap = source.slice(gapStart, gapEnd);
  const code = gap.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => " ".repeat(comment.length));
  const at = code.indexOf(operator);
  const between = gap.slice(0, at) + other + gap.slice(at + operator.length);
  return source.slice(start, gapStart) + between + source.slice(gapEnd, end);
}

function condition(test, values, { add }) {
  if (LITERALS.has(test.type)) return;
  for (const value of values) add(test, "condition", value);
}

/** Whether a statement is there for what it does. */
function acts(expression) {
  switch (expression.type) {
    case "AwaitExpression":
      return acts(expression.argument);
    case "UnaryExpression":
      return expression.operator === "delete" || (expression.operator === "void" && acts(expression.argument));
    case "CallExpression":
      return expression.callee.type !== "Super";
    case "OptionalChainingExpression":
      return expression.base.type === "CallExpression";
    case "AssignmentExpression":
    case "UpdateExpression":
      return true;
    default:
      return false;
  }
}

/** A `return;` or `continue;` behind other statements of its block; alone in it, the condition above is mutated. */
function leavesEarly(node, parent, { add }) {
  const statements = parent?.stmts;
  if (statements !== undefined && statements.length > 1) add(node, "early exit", ";");
}

/** What a function gives back, as little of it as its type allows. */
function emptied(value, around, { add, text }) {
  if (around === undefined || around.generator === true || LITERALS.has(value.type)) return;
  const type = around.returnType?.typeAnnotation;
  for (const after of emptyOf(around.async === true ? promised(type) : type)) {
    if (text(value) !== after) add(value, "return", after);
  }
}

function promised(type) {
  return type?.typeName?.value === "Promise" ? type.typeParams?.params?.[0] : undefined;
}

function emptyOf(type) {
  switch (type?.type) {
    case "TsTypePredicate":
      return ["true", "false"];
    case "TsKeywordType":
      return { boolean: ["true", "false"], number: ["0"], string: ['""'] }[type.kind] ?? ["undefined"];
    case "TsArrayType":
      return ["[]"];
    case "TsTypeOperator":
      return type.op === "readonly" ? emptyOf(type.typeAnnotation) : ["undefined"];
    case "TsTypeReference":
      return (
        { Set: ["new Set()"], ReadonlySet: ["new Set()"], Map: ["new Map()"], ReadonlyMap: ["new Map()"] }[
          type.typeName.value
        ] ?? ["undefined"]
      );
    default:
      return ["undefined"];
  }
}

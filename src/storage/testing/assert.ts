/** Assertions without a test framework: the contract also runs inside a browser page. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const difference = firstDifference(actual, expected, "");
  if (difference !== null) throw new Error(`${what}: ${difference}`);
}

export function assertTrue(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** The error that `promise` rejects with; throws if it resolves. */
export async function assertRejects(promise: Promise<unknown>, what: string): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: it resolved, but should have been rejected`);
}

/** Where two structured-cloneable values first differ, in words; null if they are equal. */
export function firstDifference(actual: unknown, expected: unknown, path: string): string | null {
  if (Object.is(actual, expected)) return null;
  if (!isObject(actual) || !isObject(expected)) return differs(path, actual, expected);
  if (actual instanceof Uint8Array || expected instanceof Uint8Array) return bytesDifference(actual, expected, path);
  if (Array.isArray(actual) !== Array.isArray(expected)) return differs(path, actual, expected);
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  for (const key of keys) {
    if (key in actual !== key in expected) return `${path}.${key} is there on one side only`;
    const difference = firstDifference(actual[key], expected[key], `${path}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
}

function bytesDifference(actual: object, expected: object, path: string): string | null {
  if (!(actual instanceof Uint8Array) || !(expected instanceof Uint8Array)) return differs(path, actual, expected);
  const equal = actual.length === expected.length && actual.every((byte, at) => byte === expected[at]);
  return equal ? null : differs(path, [...actual.slice(0, 8)], [...expected.slice(0, 8)]);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const differs = (path: string, actual: unknown, expected: unknown): string =>
  `${path || "value"} is ${show(actual)}, expected ${show(expected)}`;

const show = (value: unknown): string => (isObject(value) ? JSON.stringify(value).slice(0, 200) : String(value));

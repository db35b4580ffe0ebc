/**
 * Checks of plain data that came from somewhere else. Total: they look and never throw. Fields that nobody asked for
 * are let through, so that a newer peer may say more.
 */
export type Check<T> = (value: unknown) => value is T;

/** Longest list and text that a message may hold; a page of history stays far below both. */
const MAX_ITEMS = 100_000;
const MAX_CHARACTERS = 1_000_000;

type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string of `min` to `max` UTF-16 units; `T` brands it. */
export function text<T extends string = string>(max = MAX_CHARACTERS, min = 0): Check<T> {
  return (value): value is T => typeof value === "string" && value.length <= max && value.length >= min;
}

export const bool: Check<boolean> = (value): value is boolean => typeof value === "boolean";

export const finite: Check<number> = (value): value is number => Number.isFinite(value);

/** A safe integer, 0 or more. */
export const count: Check<number> = (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

export function oneOf<const T extends string | number | boolean | null>(...values: readonly T[]): Check<T> {
  return (value): value is T => values.some((allowed) => allowed === value);
}

export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

export function listOf<T>(check: Check<T>, max = MAX_ITEMS): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.length <= max && value.every(check);
}

export function recordOf<T>(check: Check<T>, max: number): Check<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => {
    if (!isPlain(value)) return false;
    const entries = Object.entries(value);
    return entries.length <= max && entries.every(([key, item]) => key.length <= 64 && check(item));
  };
}

/** Every field of `T` has its check: one that is missing here does not compile. */
export function object<T extends object>(fields: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const checks: readonly [string, Check<unknown>][] = Object.entries(fields);
  return (value): value is T => isPlain(value) && checks.every(([name, check]) => check(own(value, name)));
}

export function either<A, B>(first: Check<A>, second: Check<B>): Check<A | B> {
  return (value): value is A | B => first(value) || second(value);
}

export function both<A, B>(first: Check<A>, second: Check<B>): Check<A & B> {
  return (value): value is A & B => first(value) && second(value);
}

/** A union told apart by `kind`; every member has its check, except for `kind` itself. */
export function byKind<U extends { readonly kind: string }>(
  members: { readonly [K in U["kind"]]: Check<Omit<Extract<U, { readonly kind: K }>, "kind">> },
): Check<U> {
  const checks = new Map<unknown, Check<unknown>>(Object.entries(members));
  return (value): value is U => isPlain(value) && checks.get(own(value, "kind"))?.(value) === true;
}

/** Only own fields count: `constructor` and its like are nobody's message. */
function own(value: Plain, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

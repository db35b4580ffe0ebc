import { expect, test } from "vitest";
import {
  bool,
  both,
  byKind,
  type Check,
  count,
  either,
  finite,
  listOf,
  nullable,
  object,
  oneOf,
  optional,
  recordOf,
  text,
} from "./shape.ts";

const ODD = [undefined, null, "", "a", 0, 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, true, [], {}, 1n];
/** Which of the odd values pass. */
const passing = <T>(check: Check<T>) => ODD.filter((value) => check(value));

test("each kind of value is let through, and nothing else", () => {
  expect(passing(bool)).toEqual([true]);
  expect(passing(finite)).toEqual([0, 1, -1, 0.5, 2 ** 53]);
  expect(passing(count)).toEqual([0, 1]);
  expect(passing(text())).toEqual(["", "a"]);
  expect(passing(text(10, 1))).toEqual(["a"]);
  expect(passing(oneOf<"a" | 1 | null>("a", 1, null))).toEqual([null, "a", 1]);
  expect(passing(nullable(bool))).toEqual([null, true]);
  expect(passing(optional(bool))).toEqual([undefined, true]);
  expect(passing(either(bool, count))).toEqual([0, 1, true]);
  expect(passing(both(finite, count))).toEqual([0, 1]);
  expect(passing(object({}))).toEqual([{}]);
});

test("texts, lists and records have their length at most", () => {
  expect([text(3)("abc"), text(3)("abcd")]).toEqual([true, false]);
  const list = listOf(count, 2);
  expect([list([]), list([1, 2]), list([1, 2, 3]), list([1, -1]), list({ length: 0 })]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  const record = recordOf(count, 2);
  const of = (...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, 1]));
  expect([record(of("a", "b")), record(of("a", "b", "c")), record({ a: "x" }), record([])]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect([record(of("k".repeat(64))), record(of("k".repeat(65)))]).toEqual([true, false]);
});

test("an object has all its own fields, and may have more", () => {
  const check = object<{ readonly a: number; readonly b?: boolean | undefined }>({ a: count, b: optional(bool) });
  expect([check({ a: 1 }), check({ a: 1, b: true, c: "more" })]).toEqual([true, true]);
  expect([check({}), check({ a: 1, b: 5 }), check(Object.create({ a: 1 })), check([1])]).toEqual(
    Array.from({ length: 4 }, () => false),
  );
});

test("a union is told apart by its own kind", () => {
  type Shape = { readonly kind: "circle"; readonly radius: number } | { readonly kind: "point" };
  const check = byKind<Shape>({ circle: object({ radius: finite }), point: object({}) });
  expect([check({ kind: "circle", radius: 1 }), check({ kind: "point" })]).toEqual([true, true]);
  const wrong = [{ kind: "circle" }, { kind: "constructor" }, {}, null, Object.create({ kind: "point" }), "point"];
  expect(wrong.map((value) => check(value))).toEqual(wrong.map(() => false));
});

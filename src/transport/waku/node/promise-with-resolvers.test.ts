import { afterEach, beforeEach, expect, test } from "vitest";
import { ensurePromiseWithResolvers } from "./promise-with-resolvers.ts";

const NAME = "withResolvers";
const before = Object.getOwnPropertyDescriptor(Promise, NAME);

beforeEach(() => {
  Reflect.deleteProperty(Promise, NAME);
});

afterEach(() => {
  Reflect.deleteProperty(Promise, NAME);
  if (before !== undefined) Object.defineProperty(Promise, NAME, before);
});

interface Resolvers {
  readonly promise: Promise<number>;
  readonly resolve: (value: number) => void;
  readonly reject: (error: Error) => void;
}

function make(on: PromiseConstructor = Promise): Resolvers {
  const { withResolvers } = Promise as unknown as { withResolvers: (this: PromiseConstructor) => Resolvers };
  return withResolvers.call(on);
}

test("where it is missing it is there afterwards, and not among what is enumerated", async () => {
  expect(NAME in Promise).toBe(false);
  ensurePromiseWithResolvers();
  const [one, two] = [make(), make()];
  one.resolve(1);
  two.reject(new Error("two"));
  expect(await one.promise).toBe(1);
  await expect(two.promise).rejects.toThrow("two");
  expect(Object.keys(Promise)).toEqual([]);
});

test("makes a promise of the class that it is called on", () => {
  class Special<T> extends Promise<T> {}
  ensurePromiseWithResolvers();
  expect(make(Special).promise).toBeInstanceOf(Special);
});

test("where there is one it stays", () => {
  const own = () => "the built-in one";
  Object.defineProperty(Promise, NAME, { value: own, configurable: true });
  ensurePromiseWithResolvers();
  expect(Reflect.get(Promise, NAME)).toBe(own);
});

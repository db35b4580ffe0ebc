interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason?: unknown) => void;
}

/**
 * Gives this program `Promise.withResolvers` where it lacks it, which is Node before version 22 and browsers before 2024:
 * libp2p 2.8 and what it is made of call the global one, so nothing less than the global helps. Whoever starts libp2p calls this
 * first. A function and no side effect of an import: a program that uses only the rest of the library finds its globals untouched.
 * Not enumerable, as the built-in one; where that exists nothing changes.
 */
export function ensurePromiseWithResolvers(): void {
  if ("withResolvers" in Promise) return;
  Object.defineProperty(Promise, "withResolvers", { value: withResolvers, writable: true, configurable: true });
}

/** As the standard has it: the promise is of the class that it is called on. */
function withResolvers<T>(this: PromiseConstructor): Resolvers<T> {
  let settle: Omit<Resolvers<T>, "promise"> | null = null;
  const promise = new this<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === null) throw new TypeError("Promise executor was not called");
  return { promise, ...(settle as Omit<Resolvers<T>, "promise">) };
}

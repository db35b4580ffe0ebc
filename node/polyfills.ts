/**
 * libp2p 2.8 calls `Promise.withResolvers`, which Node has only from version 22. Import this module FIRST in every Node
 * entry point that runs libp2p; where the function exists nothing changes.
 */
interface Resolvers<T> {
  promise: Promise<T>;
  resolve: (value: T | PromiseLike<T>) => void;
  reject: (reason?: unknown) => void;
}

const promises = Promise as unknown as { withResolvers?: <T>() => Resolvers<T> };

promises.withResolvers ??= function withResolvers<T>(): Resolvers<T> {
  let resolve: Resolvers<T>["resolve"] = () => undefined;
  let reject: Resolvers<T>["reject"] = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};

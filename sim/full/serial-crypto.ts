import { webcrypto } from "node:crypto";
import { whileUnderWay } from "./under-way.ts";

/**
 * WebCrypto works on other threads, so what finishes first is chance. Here its calls run one after the other in the
 * order in which they were made, and count as under way: then a simulation can wait for them.
 */
const METHODS = ["encrypt", "decrypt", "importKey", "verify"] as const;

let installed = false;
let last: Promise<unknown> = Promise.resolve();

export function installSerialCrypto(): void {
  if (installed) return;
  installed = true;
  const prototype = Object.getPrototypeOf(webcrypto.subtle) as Record<
    string,
    (...values: unknown[]) => Promise<unknown>
  >;
  for (const name of METHODS) {
    const original = prototype[name];
    if (original === undefined) throw new Error(`This engine's WebCrypto has no ${name}.`);
    prototype[name] = function serial(this: unknown, ...values: unknown[]): Promise<unknown> {
      const done = whileUnderWay(last.then(() => original.apply(this, values)));
      last = done.catch(() => {});
      return done;
    };
  }
}

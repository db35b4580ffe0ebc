import { webcrypto } from "node:crypto";

/**
 * WebCrypto works on other threads, so what finishes first is chance. Here its calls run one after the other in the
 * order in which they were made, and it can be asked whether one is under way: then a simulation can wait for them.
 */
const METHODS = ["encrypt", "decrypt", "importKey"] as const;

let installed = false;
let underWay = 0;
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
      underWay++;
      const done = last.then(() => original.apply(this, values)).finally(() => underWay--);
      last = done.catch(() => {});
      return done;
    };
  }
}

/** Resolves when all promise jobs have run and no cryptography is under way. */
export async function settle(): Promise<void> {
  do await turn();
  while (underWay > 0);
  await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

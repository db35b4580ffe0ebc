/** Work of the host that takes real time (cryptography, IndexedDB): virtual time stands still until it is done. */
let underWay = 0;

/** The same promise, and until it settles `settle` waits. */
export function whileUnderWay<T>(work: Promise<T>): Promise<T> {
  underWay++;
  return work.finally(() => underWay--);
}

/** Resolves when all promise jobs have run and nothing is under way. */
export async function settle(): Promise<void> {
  do await turn();
  while (underWay > 0);
  await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { Clock, Random } from "../../src/runtime/port.ts";

/** The peer reads the host's clock and chance; while `run` runs, these are the simulated ones. */
export async function withVirtualDate<T>(clock: Clock, random: Random, run: () => Promise<T>): Promise<T> {
  const { now } = Date;
  const { random: chance } = Math;
  Date.now = () => clock.now();
  Math.random = () => random.next();
  try {
    return await run();
  } finally {
    Date.now = now;
    Math.random = chance;
  }
}

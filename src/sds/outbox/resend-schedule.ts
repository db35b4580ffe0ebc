/** Share by which a delay is made shorter or longer, so that people who lost the network together do not shout together. A fifth keeps the doubling. */
const JITTER = 0.2;

/**
 * Delay in milliseconds until a message is sent again after its `attempt`-th attempt (from 1): `firstMs`, then doubled
 * each time up to `maxMs`, then 20 % either way by `random()` (from 0, below 1). With 5 s: 5, 10, 20, 40 s ...
 */
export function nextResendDelay(
  attempt: number,
  limits: { readonly firstMs: number; readonly maxMs: number },
  random: () => number,
): number {
  //= protocol: SEND-3
  const doubled = limits.firstMs * 2 ** (Math.max(1, attempt) - 1);
  return Math.round(Math.min(doubled, limits.maxMs) * (1 - JITTER + 2 * JITTER * random()));
}

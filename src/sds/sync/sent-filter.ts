import type { ChannelState, Environment } from "../channel-state.ts";
import { hasManyOpenIds } from "../evidence/causal-history.ts";
import { BloomFilter } from "../filter/bloom-filter.ts";
import { bloomOptions } from "../filter/bloom-gate.ts";

/**
 * The filter a sync carries. An idle one has none: it says the same again and again. In profile "sds" all others have
 * one, for plain SDS clients; in profile "community" only those that have more to say than they can list.
 */
export function filterOfSync(state: ChannelState, env: Environment, idle: boolean): Uint8Array | undefined {
  if (idle) return undefined;
  if (state.bloom !== null) return state.bloom.toBytes();
  return hasManyOpenIds(state, env) ? filterOfNewest(state) : undefined;
}

/** Made when it is wanted, which is seldom: a filter kept ready would cost every delivery. */
function filterOfNewest({ log, ahead, identity }: ChannelState): Uint8Array {
  const options = bloomOptions(identity.parameters);
  const filter = new BloomFilter(options);
  for (const entry of log.pageBefore(undefined, options.capacity)) if (!ahead.has(entry)) filter.insert(entry.id);
  return filter.toBytes();
}

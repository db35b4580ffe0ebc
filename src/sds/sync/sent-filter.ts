import { hasManyOpenIds } from "../evidence/causal-history.ts";
import { BloomFilter } from "../filter/bloom-filter.ts";
import { bloomOptions } from "../filter/bloom-gate.ts";
import type { Environment } from "../io/step-context.ts";
import type { SyncAndBelow } from "./sync-state.ts";

/**
 * The filter a sync carries. An idle one has none: it says the same again and again. In profile "sds" all others have
 * one, for plain SDS clients; in profile "community" only those that have more to say than they can list.
 */
export function filterOfSync(state: SyncAndBelow, env: Environment, idle: boolean): Uint8Array | undefined {
  //= protocol: SYNC-6, PROFILE-6
  if (idle) return undefined;
  if (state.evidence.ownFilter !== null) return state.evidence.ownFilter.toBytes();
  //= protocol: PROFILE-1
  return hasManyOpenIds(state, env) ? filterOfNewest(state) : undefined;
}

/** Made when it is wanted, which is seldom: a filter kept ready would cost every delivery. */
function filterOfNewest({ log: { order: log, ahead }, identity }: SyncAndBelow): Uint8Array {
  const options = bloomOptions(identity.parameters);
  const filter = new BloomFilter(options);
  for (const entry of log.pageBefore(undefined, options.capacity)) if (!ahead.has(entry)) filter.insert(entry.id);
  return filter.toBytes();
}

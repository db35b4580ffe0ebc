import type { Rate } from "./rate-limiter.ts";

/**
 * What one peer, and all together, may take of the node. Far above what an honest client on the same machine needs: they
 * stop a client that runs wild, not an attacker, who can have as many peer ids as he likes.
 */
export interface ServiceLimits {
  /** Connections at the same time; those beyond are closed as they come, which clients take for "full". */
  readonly connections: number;
  readonly lightpush: Rate;
  readonly filter: Rate;
  readonly store: Rate;
  /** Peers that may hold filter subscriptions at the same time. */
  readonly subscribers: number;
  /** Pairs of pubsub topic and content topic that one peer may subscribe to. */
  readonly criteriaPerSubscriber: number;
}

export const DEFAULT_LIMITS: ServiceLimits = {
  lightpush: { perSecond: 200, burst: 2_000 },
  filter: { perSecond: 20, burst: 500 },
  store: { perSecond: 50, burst: 1_000 },
  connections: 1_000,
  subscribers: 1_000,
  criteriaPerSubscriber: 1_000,
};

/** How often one peer may ask: `burst` at once, and `perSecond` in the long run. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** More peers than that are only kept in mind if they asked recently. */
const SWEEP_ABOVE = 1_000;

/** A token bucket for each peer. */
export class RateLimiter {
  private readonly rate: Rate;
  private readonly now: () => number;
  private readonly buckets = new Map<string, Bucket>();

  /** `now` in milliseconds. */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.rate = rate;
    this.now = now;
  }

  /** True if the peer may ask now; counts the request if so. */
  admits(peer: string): boolean {
    const now = this.now();
    const bucket = this.buckets.get(peer) ?? this.add(peer, now);
    bucket.tokens = this.filled(bucket, now);
    bucket.filledAt = now;
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens -= 1;
    return true;
  }

  private add(peer: string, now: number): Bucket {
    if (this.buckets.size >= SWEEP_ABOVE) {
      this.forgetIdle(now);
    }
    const bucket = { tokens: this.rate.burst, filledAt: now };
    this.buckets.set(peer, bucket);
    return bucket;
  }

  private filled(bucket: Bucket, now: number): number {
    const gained = ((now - bucket.filledAt) / 1_000) * this.rate.perSecond;
    return Math.min(this.rate.burst, bucket.tokens + gained);
  }

  /** A full bucket says no more than none. */
  private forgetIdle(now: number): void {
    for (const [peer, bucket] of this.buckets) {
      if (this.filled(bucket, now) >= this.rate.burst) {
        this.buckets.delete(peer);
      }
    }
  }
}

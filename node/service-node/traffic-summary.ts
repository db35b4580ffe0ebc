import type { WakuMessage } from "../../src/transport/waku/wire/wire.ts";
import { clockSkewMs, describeSkew } from "./limits/clock-skew.ts";

const SUMMARY_INTERVAL_MS = 10_000;
/** What relays of the Waku network tolerate; beyond it one of the two clocks is wrong. */
const NOTABLE_SKEW_MS = 20_000;

/** What passed since the node started. */
export interface Traffic {
  readonly messages: number;
  readonly bytes: number;
  readonly pushes: number;
  /** What the Store was asked. */
  readonly queries: number;
  /** Messages whose timestamp was more than 20 s off this node's clock. */
  readonly skewed: number;
}

const NOTHING: Traffic = { messages: 0, bytes: 0, pushes: 0, queries: 0, skewed: 0 };

/** Counts what passes, and logs it as one line per interval, nothing while all is quiet. */
export class TrafficSummary {
  private readonly log: (line: string) => void;
  private readonly timer: NodeJS.Timeout;
  private sum = NOTHING;
  private reported = NOTHING;
  private largestSkewMs = 0;

  constructor(log: (line: string) => void) {
    this.log = log;
    this.timer = setInterval(() => this.report(), SUMMARY_INTERVAL_MS);
    this.timer.unref();
  }

  get total(): Traffic {
    return this.sum;
  }

  count(message: WakuMessage, pushes: number): void {
    const skewMs = clockSkewMs(message);
    const isSkewed = Math.abs(skewMs) > NOTABLE_SKEW_MS;
    this.largestSkewMs = Math.abs(skewMs) > Math.abs(this.largestSkewMs) ? skewMs : this.largestSkewMs;
    this.sum = {
      ...this.sum,
      messages: this.sum.messages + 1,
      bytes: this.sum.bytes + message.payload.length,
      pushes: this.sum.pushes + pushes,
      skewed: this.sum.skewed + (isSkewed ? 1 : 0),
    };
  }

  countQuery(): void {
    this.sum = { ...this.sum, queries: this.sum.queries + 1 };
  }

  stop(): void {
    clearInterval(this.timer);
    this.report();
  }

  private report(): void {
    const since = (key: keyof Traffic): number => this.sum[key] - this.reported[key];
    if (since("messages") > 0) {
      const pushes = `${since("pushes")} pushes to subscribers`;
      this.log(`published ${since("messages")} messages, ${since("bytes")} bytes, ${pushes}`);
    }
    if (since("queries") > 0) this.log(`answered ${since("queries")} queries for stored messages`);
    if (since("skewed") > 0) {
      const worst = `one was ${describeSkew(this.largestSkewMs)} this node's clock`;
      this.log(`${since("skewed")} of them have a timestamp more than ${NOTABLE_SKEW_MS / 1_000} s off, ${worst}`);
    }
    this.reported = this.sum;
    this.largestSkewMs = 0;
  }
}

import type { TrickleState } from "../clock/trickle.ts";
import type { LogEntry } from "../log/log-entry.ts";

/** When this participant will next say what it has. Wall times; null = not planned. */
export interface SyncSchedule {
  /** New content is to be acked. */
  ackAt: number | null;
  lastAckAt: number;
  /** Acks get lost too: the same claims again, some time after the last ack. */
  repeatAt: number[];
  /** First word after a boot or reconnect: who I am and what I have. */
  helloAt: number | null;
  /** Claims that no kept checkpoint has said yet; and when the last checkpoint was said, and the next one is due. */
  newClaims: boolean;
  lastCheckpointAt: number;
  checkpointRetryAt: number | null;
  checkpointRetries: number;
  /** After coming back, repair requests may have syncs of their own until then, the next one not before. */
  eagerUntil: number;
  eagerNextAt: number;
  /** Own messages may be short of their level: when to ask for receipts, and how long to wait after that. */
  wantReceiptsAt: number | null;
  wantReceiptsIntervalMs: number;
  /** What others asked receipts for: named in the next sync. */
  readonly asked: Set<LogEntry>;
  /** Somebody new was met: the next idle sync is said whatever others say, so that they meet me. */
  introduce: boolean;
  /** Null until the first connection. */
  trickle: TrickleState | null;
  /** Distinct signers whose sync agreed with our log in this Trickle interval. */
  readonly consistentSigners: Set<number>;
  /** Connected time at which this participant last said anything. */
  lastSaidConnectedMs: number;
  lastSyncLamport: number;
}

export function createSyncSchedule(): SyncSchedule {
  return {
    ackAt: null,
    lastAckAt: Number.NEGATIVE_INFINITY,
    repeatAt: [],
    helloAt: null,
    newClaims: false,
    lastCheckpointAt: Number.NEGATIVE_INFINITY,
    checkpointRetryAt: null,
    checkpointRetries: 0,
    eagerUntil: 0,
    eagerNextAt: 0,
    wantReceiptsAt: null,
    wantReceiptsIntervalMs: 0,
    asked: new Set(),
    introduce: false,
    trickle: null,
    consistentSigners: new Set(),
    lastSaidConnectedMs: 0,
    lastSyncLamport: 0,
  };
}

/** Signers are counted per interval: a new one begins with nobody. */
export function inInterval<T>(sync: SyncSchedule, trickle: TrickleState, change: () => T): T {
  const intervalEnd = trickle.intervalEnd;
  const result = change();
  if (trickle.intervalEnd !== intervalEnd) sync.consistentSigners.clear();
  return result;
}

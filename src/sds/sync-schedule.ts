import type { TrickleState } from "./trickle.ts";

/** When this participant will next say what it has. Wall times; null = not planned. */
export interface SyncSchedule {
  /** New content is to be acked. */
  ackAt: number | null;
  lastAckAt: number;
  /** Acks get lost too: the same claims again, some time after the last ack. */
  repeatAt: number[];
  /** First word after a boot or reconnect: who I am and what I have. */
  helloAt: number | null;
  /** Somebody new was met: the next idle sync is said whatever others say, so that they meet me. */
  introduce: boolean;
  /** Null until the first connection. */
  trickle: TrickleState | null;
  /** Distinct signers whose sync agreed with our log in this Trickle interval. */
  readonly consistentSigners: Set<number>;
  /** Connected time at which this participant last said anything. */
  lastSaidConnectedMs: number;
  lastSyncLamport: number;
  /** Sync Lamports below this are reserved on disk, so that a crash never makes a later sync look older. */
  reservedLamport: number;
}

export function createSyncSchedule(): SyncSchedule {
  return {
    ackAt: null,
    lastAckAt: Number.NEGATIVE_INFINITY,
    repeatAt: [],
    helloAt: null,
    introduce: false,
    trickle: null,
    consistentSigners: new Set(),
    lastSaidConnectedMs: 0,
    lastSyncLamport: 0,
    reservedLamport: 0,
  };
}

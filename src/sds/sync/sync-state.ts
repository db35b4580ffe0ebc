import type { TrickleState } from "../clock/trickle.ts";
import type { StepContext } from "../io/step-context.ts";
import type { LogEntry } from "../log/log-entry.ts";
import type { RepairAndBelow } from "../repair/repair-state.ts";

/** What the room "sync" owns: when this participant will next say what it has. Wall times; null = not planned. */
export interface SyncState {
  /** New content is to be acked. */
  readonly ackAt: number | null;
  /** How long the window was in which the planned ack or hello has its place. */
  readonly windowMs: number;
  readonly lastAckAt: number;
  /** Acks get lost too: the same claims again, some time after the last ack. */
  readonly repeatAt: readonly number[];
  /** First word after a boot or reconnect: who I am and what I have. */
  readonly helloAt: number | null;
  /** Claims that no kept checkpoint has said yet; and when the last checkpoint was said, and the next one is due. */
  readonly newClaims: boolean;
  readonly lastCheckpointAt: number;
  readonly checkpointRetryAt: number | null;
  readonly checkpointRetries: number;
  /** Own messages may be short of their level: when to ask for receipts, and how long to wait after that. */
  readonly wantReceiptsAt: number | null;
  readonly wantReceiptsIntervalMs: number;
  /** When this connection began, until receipts were asked for over it: of what was said before, those are asked as well who were not heard. */
  readonly askUnheardBefore: number | null;
  /** What others asked receipts for: named in the next sync. */
  readonly asked: ReadonlySet<LogEntry>;
  /** Somebody new was met: the next idle sync is said whatever others say, so that they meet me. */
  readonly introduce: boolean;
  /** Null until the first connection. */
  readonly trickle: Readonly<TrickleState> | null;
  /** Distinct signers whose sync agreed with our log in this Trickle interval. */
  readonly consistentSigners: ReadonlySet<number>;
  /** While the intake lags, all that is due waits; until then at most. Then what waited has a place of its own in a window. */
  readonly held: boolean;
  readonly releaseAt: number;
  /** Connected time at which this participant last said anything. */
  readonly lastSaidConnectedMs: number;
  readonly lastSyncLamport: number;
}

export interface SyncAndBelow extends RepairAndBelow {
  readonly sync: SyncState;
}

export type SyncContext = StepContext<SyncAndBelow>;

export function createSyncState(): SyncState {
  return {
    ackAt: null,
    windowMs: 0,
    lastAckAt: Number.NEGATIVE_INFINITY,
    repeatAt: [],
    helloAt: null,
    newClaims: false,
    lastCheckpointAt: Number.NEGATIVE_INFINITY,
    checkpointRetryAt: null,
    checkpointRetries: 0,
    wantReceiptsAt: null,
    wantReceiptsIntervalMs: 0,
    askUnheardBefore: null,
    asked: new Set(),
    introduce: false,
    trickle: null,
    consistentSigners: new Set(),
    held: false,
    releaseAt: Number.NEGATIVE_INFINITY,
    lastSaidConnectedMs: 0,
    lastSyncLamport: 0,
  };
}

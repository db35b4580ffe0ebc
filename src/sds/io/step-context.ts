import type { ChannelParameters } from "../parameters/parameters.ts";
import type { ChannelId, MessageId, ParticipantId } from "../wire/ids.ts";
import type { Effect } from "./effect.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Owned } from "./owned.ts";
import type { Change, Durability } from "./records.ts";

/** Time and chance, given to each step. The same state, input and environment give the same effects. */
export interface Environment {
  /** Milliseconds since the epoch, corrected. */
  readonly now: number;
  /**
   * How far the intake is behind: for so many milliseconds the oldest of what was pushed to this device and not yet given to
   * a step has waited. Left out: nothing waits.
   */
  readonly intakeLagMs?: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface ChannelIdentity {
  readonly channelId: ChannelId;
  readonly self: ParticipantId;
  readonly publicKey: Uint8Array;
  readonly profile: "community" | "sds";
  readonly parameters: ChannelParameters;
}

/** How far the ledger is written. Changed by `ledger` only. */
export interface LedgerState {
  /** Number of the last row; 0 when there is none. */
  readonly seq: number;
}

/** What every rule may see: whose channel it is, and the ledger. Each room adds its slice to those below it. */
export interface IoAndBelow {
  readonly identity: ChannelIdentity;
  readonly ledger: LedgerState;
}

/** One step under way: what it has to write and to do so far. `S`: the slices of the state that a rule may see. */
export interface StepContext<S extends IoAndBelow = IoAndBelow> {
  readonly state: S;
  readonly env: Environment;
  readonly changes: Change[];
  readonly effects: Effect[];
  durability: Durability;
}

export function createStepContext<S extends IoAndBelow>(state: S, env: Environment): StepContext<S> {
  return { state, env, changes: [], effects: [], durability: "relaxed" };
}

/** Writes a ledger row with the next sequence number. */
export function ledger(ctx: StepContext, ids: readonly MessageId[], entry: LedgerEntry): void {
  const own: Owned<LedgerState> = ctx.state.ledger;
  const seq = ++own.seq;
  ctx.changes.push({ op: "put", table: "ledger", record: { seq, at: ctx.env.now, ids, ...entry } });
}

/** When the channel is restored. */
export function restoreLedger({ ledger: slice }: IoAndBelow, seq: number): void {
  const own: Owned<LedgerState> = slice;
  own.seq = seq;
}

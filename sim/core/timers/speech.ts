import { connectedNow } from "../../../src/sds/clock/connected-time.ts";
import type { SyncDraft } from "../../../src/sds/io/effect.ts";
import type { Change } from "../../../src/sds/io/records.ts";
import { CLAIM_REPEAT_MS } from "../../../src/sds/parameters/parameters.ts";
import { receiptRequest } from "../../../src/sds/sync/receipts.ts";
import { check } from "../report/violation.ts";
import { checkInTime, type Moment, mustWait, type Pause, runsSchedules, SLACK_MS, windowOf } from "./moment.ts";

const NEVER = Number.POSITIVE_INFINITY;
const MINUTE = 60_000;
const CHECKPOINT_EVERY_MS = 10 * MINUTE;
const CHECKPOINT_RETRY_MS = 30_000;
/** Of the interval: its time to speak may have passed, and that of the next one is its end at the latest. */
const LONGEST_IDLE_INTERVALS = 1.5;

/** What a participant has to say, and by when. Sections 11 and 13 of docs/protocol.md. */
export class Speech {
  #ackBy = NEVER;
  #answerBy = NEVER;
  #helloBy = NEVER;
  /** SYNC-10: W when the first of these was planned, and the longest since. */
  #planned = 0;
  #longest = 0;
  /** Between each of these pairs something has to be said. */
  #repetitions: { readonly from: number; readonly by: number }[] = [];
  #newClaimsAt = NEVER;
  /** At first: since when it was looked at, so that it may have said one just before. */
  #lastCheckpointAt: number | null = null;
  #retryBy = NEVER;
  /** Connected time. */
  #lastSaidMs: number | null = null;
  #wishAt = NEVER;
  #mustWish = false;
  #mayHaveWaited = false;
  #before = { ackAt: false, asked: 0, window: 0 };

  stepping({ state, now }: Pause): void {
    const pause = { state, now, member: -1, isLimited: false };
    this.#before = { ackAt: state.sync.ackAt !== null, asked: state.sync.asked.size, window: windowOf(pause) };
    this.#mayHaveWaited = mustWait(pause, "sync");
    const env = { now, random: (): number => 0 };
    const ctx = { state, env, changes: [], effects: [], durability: "relaxed" as const };
    this.#mustWish = now >= this.#wishAt && receiptRequest(ctx) !== null;
  }

  stepped(moment: Moment): void {
    const { state, input, effects, now } = moment;
    const window = Math.max(this.#before.window, windowOf(moment));
    const delivered = effects.some((effect) => {
      return effect.kind === "commit" && effect.changes.some(isDelivery);
    });
    const wasAsked = input.kind === "receive-sync" && state.sync.asked.size > this.#before.asked;
    const planned = Math.min(this.#ackBy, this.#answerBy, this.#helloBy) < NEVER;
    if (!planned) [this.#planned, this.#longest] = [window, window];
    if (delivered) {
      this.#ackBy = Math.min(this.#ackBy, now + window);
      this.#newClaimsAt = Math.min(this.#newClaimsAt, now);
    }
    if (wasAsked) this.#answerBy = Math.min(this.#answerBy, now + window);
    if (input.kind === "connection") this.#connected(moment, window);
    const wrote = input.kind === "composed" || (input.kind === "composed-anew" && input.contents.length > 0);
    if (wrote) this.#wrote(moment);
    // Three tries at most.
    if (input.kind === "checkpoint-result" && !input.kept && state.sync.checkpointRetries > 0) {
      this.#retryBy = now + CHECKPOINT_RETRY_MS;
    }
    // What was written in this very step may have said it all.
    const isAck = (this.#before.ackAt || delivered || wasAsked) && !(wrote && state.sync.repeatAt.length === 0);
    for (const effect of effects) if (effect.kind === "send-sync") this.#said(moment, effect.sync, isAck);
    this.#checkWish(moment);
  }

  pause(pause: Pause): void {
    const { state } = pause;
    this.#longest = Math.max(this.#longest, windowOf(pause));
    if (!state.clock.connection.online || mustWait(pause, "sync")) return;
    const grownMs = this.#longest - this.#planned;
    checkInTime(pause, this.#ackBy + grownMs, () => "an ack");
    checkInTime(pause, this.#answerBy + grownMs, () => "the answer to a wish for receipts");
    checkInTime(pause, this.#helloBy + grownMs, () => "the hello");
    for (const { by } of this.#repetitions) checkInTime(pause, by, () => "the repetition of claims");
    checkInTime(pause, this.#retryBy, () => "the next try of a checkpoint");
    this.#lastCheckpointAt ??= pause.now;
    const checkpointBy = Math.max(this.#newClaimsAt, this.#lastCheckpointAt + CHECKPOINT_EVERY_MS);
    checkInTime(pause, checkpointBy + state.identity.parameters.ackWindowMaxMs, () => "a checkpoint");
    this.#checkSilence(pause);
  }

  #connected(moment: Moment, window: number): void {
    const online = moment.state.clock.connection.online;
    [this.#ackBy, this.#answerBy, this.#retryBy, this.#wishAt] = [NEVER, NEVER, NEVER, NEVER];
    this.#repetitions = [];
    this.#helloBy = online ? moment.now + window : NEVER;
    this.#lastSaidMs ??= connectedNow(moment.state, moment.now);
  }

  #wrote(moment: Moment): void {
    const { state, now } = moment;
    this.#lastSaidMs = connectedNow(state, now);
    this.#wishAt = now + 2 * windowOf(moment);
    const [head] = state.log.heads;
    if (head === undefined || state.log.heads.size > 1 || !head.mine) return;
    // It says the same as an ack. If something is to be named besides, one comes all the same.
    this.#ackBy = NEVER;
    if (state.sync.repeatAt.length === 0) this.#repetitions = [];
    if (!state.sync.newClaims) this.#newClaimsAt = NEVER;
  }

  #said({ state, now }: Moment, { checkpoint }: SyncDraft, isAck: boolean): void {
    [this.#ackBy, this.#answerBy, this.#helloBy] = [NEVER, NEVER, NEVER];
    this.#repetitions = isAck
      ? CLAIM_REPEAT_MS.map((ms) => ({ from: now + ms, by: now + 1.2 * ms }))
      : this.#repetitions.filter(({ from }) => from > now);
    this.#lastSaidMs = connectedNow(state, now);
    if (!checkpoint) return;
    [this.#newClaimsAt, this.#retryBy] = [NEVER, NEVER];
    this.#lastCheckpointAt = now;
  }

  /** RECEIPT-1: who is short of receipts, and knows whom to ask, asks two windows after the last own message. */
  #checkWish(moment: Moment): void {
    const { state, input, effects, now, member } = moment;
    if (!state.clock.connection.online || !runsSchedules(input) || now < this.#wishAt) return;
    const asks = effects.some((effect) => effect.kind === "send-sync" && effect.sync.receiptsWantedFrom !== null);
    const wishAt = this.#wishAt;
    this.#wishAt = NEVER;
    if (!this.#mustWish || moment.isLimited || this.#mayHaveWaited) return;
    const what = (): string => `member ${member}: receipts are wanted since ${wishAt}, and not asked for at ${now}`;
    check(asks && now <= wishAt + SLACK_MS, "timers fire in time", what);
  }

  /** TRICKLE-5: nobody is suppressed for longer. */
  #checkSilence({ state, now, member }: Pause): void {
    if (this.#lastSaidMs === null) return;
    const floorMs = (state.participants.all.length > 20 ? 60 : 30) * MINUTE;
    const longestMs = floorMs + LONGEST_IDLE_INTERVALS * state.identity.parameters.idleSyncMaxMs;
    const connectedMs = connectedNow(state, now);
    checkInTime({ member, now: connectedMs }, this.#lastSaidMs + longestMs, () => "a word after long silence");
  }
}

/** Own messages are accepted, not delivered. */
function isDelivery(change: Change): boolean {
  return change.op === "put" && change.table === "ledger" && change.record.kind === "delivered";
}

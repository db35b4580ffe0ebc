import type { MissingMessage } from "../../../src/sds/holes/missing-message.ts";
import { isAskedFor, isDoubted, isGivenUp } from "../../../src/sds/holes/missing-schedule.ts";
import { requestDelay, responseDelay } from "../../../src/sds/holes/repair-timing.ts";
import type { StepInput } from "../../../src/sds/io/step-input.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";
import { checkInTime, checkNotEarly, type Moment, mustWait, type Pause, windowOf } from "./moment.ts";

const NEVER = Number.POSITIVE_INFINITY;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const REQUESTS_A_SYNC = 8;
/** So many for one id are reasons for a sync while something waits. */
const SOON_REQUESTS = 4;
/** The longest pauses between two syncs that only ask: for the first time, and again while something waits for it. */
const FIRST_SYNC_MS = 2 * SECOND;
/** Trailers are verified so much later at most. */
const LONGEST_LOOK_MS = 500;
const AGAIN_SYNC_MS = 20 * SECOND;

/** What is still to be asked for one id. */
interface Asked {
  readonly missing: MissingMessage;
  /** A Store is asked for it until then. */
  fetchBy: number;
  hadHint: boolean;
  wasGivenUp: boolean;
  /** The others are asked for it between these. */
  requestFrom: number;
  /** When it is due, and until when its turn has come, however many are asked for beside it. */
  requestAt: number;
  requestBy: number;
  requests: number;
  postponed: boolean;
}

interface Answer {
  readonly from: number;
  readonly by: number;
}

/** HOLE-1, HOLE-7, REPAIR-1 to REPAIR-4, REPAIR-7, REPAIR-8: who is asked for what is missing when, and who answers when. */
export class Asking {
  #asked = new Map<MessageId, Asked>();
  readonly #answers = new Map<MessageId, Answer>();
  #joinLamport = 0;

  stepped(moment: Moment): void {
    const { state, input, effects, now } = moment;
    // HOLE-7; JOIN-2: what was given up as too old to be missed may be wanted.
    if (input.kind === "connection" || state.holes.joinLamport < this.#joinLamport) {
      for (const asked of this.#asked.values()) this.#beginAnew(moment, asked);
    }
    if (input.kind === "connection" && !input.online) this.#answers.clear();
    this.#joinLamport = state.holes.joinLamport;
    if (input.kind === "receive-sync") this.#hear(moment, input);
    for (const effect of effects) {
      if (effect.kind === "fetch") for (const { id } of effect.wanted) this.#fetched(moment, id);
      if (effect.kind === "send-sync") {
        for (const { messageId } of effect.sync.repairRequests) this.#requested(moment, messageId);
      }
      if (effect.kind === "repair") this.#answered(moment, effect.id);
    }
    for (const id of this.#answers.keys()) if (!state.repair.answers.has(id)) this.#answers.delete(id);
    for (const id of state.repair.answers.keys()) {
      if (!this.#answers.has(id)) this.#answers.set(id, { from: 0, by: now + answerMaxMs(moment) });
    }
  }

  pause(pause: Pause): void {
    const { state } = pause;
    this.#meet(pause);
    if (!state.clock.connection.online) return;
    for (const asked of this.#asked.values()) {
      const { missing } = asked;
      if (isGivenUp(missing) || state.log.entries.has(missing.id)) continue;
      checkInTime(pause, asked.fetchBy, () => `asking a Store for ${missing.id}`);
      if (!mustWait(pause, "sync"))
        checkInTime(pause, asked.requestBy, () => `request ${asked.requests + 1} for ${missing.id}`);
    }
    if (mustWait(pause, "repair")) return;
    for (const [id, { by }] of this.#answers) checkInTime(pause, by, () => `the answer with ${id}`);
  }

  /** Notes what is new, and what may wait longer than it might a moment ago. */
  #meet(pause: Pause): void {
    const { state, now } = pause;
    const { repairAskMaxMs, reorderWaitMs } = state.identity.parameters;
    const met = new Map<MessageId, Asked>();
    for (const missing of state.holes.missing.values()) {
      const known = this.#asked.get(missing.id);
      const asked = known !== undefined && known.missing === missing ? known : this.#begin(pause, missing);
      met.set(missing.id, asked);
      // Wanted again, it is asked for as if it were new.
      if (asked.wasGivenUp || isGivenUp(missing)) {
        asked.fetchBy = Math.max(asked.fetchBy, now + reorderWaitMs);
        asked.requestAt = Math.max(asked.requestAt, now + repairAskMaxMs);
      }
      asked.wasGivenUp = isGivenUp(missing);
      if (missing.hint !== undefined && !asked.hadHint) {
        asked.hadHint = true;
        asked.fetchBy = Math.min(asked.fetchBy, now + reorderWaitMs);
      }
      if (missing.postponed && !asked.postponed) {
        asked.postponed = true;
        // The request was here before it was looked at.
        asked.requestFrom = Math.max(asked.requestFrom, now + tReqOf(pause, missing.id) - LONGEST_LOOK_MS);
        asked.requestAt = Math.max(asked.requestAt, now + repairAskMaxMs);
      }
      if (!isWorthASync(pause, asked)) asked.requestAt = Math.max(asked.requestAt, now + repairAskMaxMs);
      const syncMs = asked.requests === 0 ? FIRST_SYNC_MS : AGAIN_SYNC_MS;
      asked.requestBy = Math.max(asked.requestBy, asked.requestAt + crowdMs(pause, syncMs));
    }
    this.#asked = met;
  }

  /** It is new, or was asked for before this began to look: then it is known how often, and not when. */
  #begin(pause: Pause, missing: MissingMessage): Asked {
    const { now, state } = pause;
    const { asks, requests, postponed, hint, lamport, since } = missing;
    const { reorderWaitMs, repairAskMaxMs } = state.identity.parameters;
    const fetchMs = asks === 0 ? reorderWaitMs : fetchPauseMs(asks);
    const requestMs = requests === 0 ? repairAskMaxMs : requestPauseMs(pause, requests);
    return {
      ...{ missing, requests, postponed, hadHint: hint !== undefined, wasGivenUp: isGivenUp(missing) },
      fetchBy: hint === undefined && lamport === null ? NEVER : now + fetchMs,
      requestFrom: requests === 0 ? since + tReqOf(pause, missing.id) : 0,
      requestAt: now + requestMs,
      requestBy: now + requestMs,
    };
  }

  /** HOLE-7. */
  #beginAnew(pause: Pause, asked: Asked): void {
    const begun = this.#begin(pause, asked.missing);
    const before = asked.wasGivenUp ? NEVER : asked.fetchBy;
    asked.fetchBy = Math.max(pause.now, Math.min(before, begun.fetchBy));
    asked.requests = 0;
    asked.requestFrom = pause.now + tReqOf(pause, asked.missing.id);
    asked.requestAt = begun.requestAt;
    asked.requestBy = begun.requestBy;
  }

  #fetched({ now }: Pause, id: MessageId): void {
    const asked = this.#asked.get(id);
    if (asked !== undefined) asked.fetchBy = now + fetchPauseMs(asked.missing.asks);
  }

  #requested(pause: Pause, id: MessageId): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    checkNotEarly(pause, asked.requestFrom, () => `request ${asked.requests + 1} for ${id}`);
    const pauseMs = requestPauseMs(pause, ++asked.requests);
    asked.requestFrom = pause.now + pauseMs;
    asked.requestAt = pause.now + pauseMs;
    asked.requestBy = asked.requestAt;
  }

  #hear({ now, state }: Pause, { claim, waitedMs = 0 }: Extract<StepInput, { kind: "receive-sync" }>): void {
    const { self, parameters } = state.identity;
    for (const { messageId } of claim.repairRequests) {
      const entry = state.log.entries.get(messageId);
      if (entry === undefined || this.#answers.has(messageId) || !state.repair.answers.has(messageId)) continue;
      const at = now - waitedMs + responseDelay(self, entry.author.id, messageId, parameters.repairAnswerMaxMs);
      // It may be an ancestor of what was asked for before it, and then takes that one's time.
      const isFirst = claim.repairRequests[0]?.messageId === messageId;
      this.#answers.set(
        messageId,
        isFirst ? { from: at, by: Math.max(at, now) } : { from: 0, by: now + answerMaxMs({ state }) },
      );
    }
  }

  #answered(pause: Pause, id: MessageId): void {
    const answer = this.#answers.get(id);
    if (answer !== undefined) checkNotEarly(pause, answer.from, () => `the answer with ${id}`);
  }
}

/** HOLE-1: after so many asks. */
function fetchPauseMs(asks: number): number {
  return Math.min(30 * MINUTE, 4 * SECOND * 2 ** (asks - 1));
}

/** REPAIR-1: after so many requests. */
function requestPauseMs(pause: Pause, requests: number): number {
  const first = Math.min(20 * SECOND, Math.max(pause.state.identity.parameters.ackWindowMs, windowOf(pause) / 2));
  return Math.min(5 * MINUTE, first * 2 ** (requests - 1));
}

function tReqOf({ state }: Pick<Pause, "state">, id: MessageId): number {
  const { repairAskMinMs: tMinMs, repairAskMaxMs: tMaxMs } = state.identity.parameters;
  return requestDelay(state.identity.self, id, { tMinMs, tMaxMs });
}

function answerMaxMs({ state }: Pick<Pause, "state">): number {
  return state.identity.parameters.repairAnswerMaxMs;
}

/** A sync asks for eight, the least asked first, and the next one comes so much later. */
function crowdMs({ state }: Pick<Pause, "state">, syncMs: number): number {
  return Math.ceil((SOON_REQUESTS * (state.holes.missing.size + 1)) / REQUESTS_A_SYNC) * syncMs;
}

function isWorthASync({ state }: Pause, { missing, requests }: Asked): boolean {
  const doubtful = missing.inShareOf !== null && isDoubted(missing.inShareOf);
  if (!state.clock.connection.online || doubtful || !isAskedFor(state, missing)) return false;
  return requests === 0 || (requests < SOON_REQUESTS && state.log.buffered.size > 0);
}

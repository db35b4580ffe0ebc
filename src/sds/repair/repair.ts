import { takeTurn, turnAt } from "../budget/budget.ts";
import { takenInUpTo } from "../clock/intake-lag.ts";
import { isBodyGivenUp } from "../holes/give-up-bodies.ts";
import type { MissingMessage } from "../holes/missing-message.ts";
import {
  isAskedFor,
  nextFirstRequestAt,
  nextRepeatedRequestAt,
  noteRequested,
  postponeRequest,
} from "../holes/missing-schedule.ts";
import { requestDelay, responseDelay } from "../holes/repair-timing.ts";
import { isTrueEdge, type LogEntry } from "../log/log-entry.ts";
import { MAX_REPAIR_REQUESTS } from "../parameters/limits.ts";
import type { Participant } from "../participants/participant.ts";
import { presentParticipants } from "../participants/presence.ts";
import type { MessageId } from "../wire/ids.ts";
import type { HistoryEntry } from "../wire/message.ts";
import { ownRepair } from "./own.ts";
import type { RepairAndBelow, RepairContext } from "./repair-state.ts";

/**
 * SDS-R: whoever misses a message asks the others, and whoever has it answers, the author first. Requests ride on
 * syncs. What a stranger asks may delay what we do, once, and never takes anything from us.
 */

/** As long as an answer may take (`repairAnswerMaxMs`): asked sooner, the same answer would be given twice. */
const FIRST_BACKOFF_MS = 20_000;
/** It is asked for all day, and whoever has it may come online at any time; then it takes this long at most. */
const BACKOFF_CAP_MS = 5 * 60_000;
/**
 * For this long after coming back, requests may have syncs of their own, one in so long: most of what is missing is noticed
 * then, and in a quiet group nobody would say a sync for it to ride on.
 */
const EAGER_MS = 2 * 60_000;
const EAGER_EVERY_MS = 20_000;
/** While something waits for causes, requests may have syncs of their own this often: 20 tries before it counts as lost. */
const WAITING_EVERY_MS = 30_000;
/** First requests follow another sync of ours after this long at the earliest, so that those of one moment go together. */
const FIRST_EVERY_MS = 2_000;
/** Answers under way for one requester; it has to ask again for more. A message with all its ancestors fits, and some. */
const MAX_ANSWERS_PER_REQUESTER = 40;
/** It would ask for them next, one step of the graph per round. More would answer a single request with a flood. */
const MAX_ANCESTORS_PER_ANSWER = 32;

/** How many share what the group may say. */
function groupOf(state: RepairAndBelow, now: number): number {
  return presentParticipants(state, now).length;
}

/**
 * Up to eight ids to ask for now. Round-robin over the signers who name them: one who names thousands of ids that do
 * not exist uses up its own share only.
 */
export function takeRepairRequests(ctx: RepairContext): HistoryEntry[] {
  const { state, env } = ctx;
  //= protocol: REPAIR-5, SYNC-5
  const due = dueRequests(state, takenInUpTo(state, env.now));
  const chosen = new Set<MissingMessage>();
  const queues = queuesBySigner(due);
  while (chosen.size < MAX_REPAIR_REQUESTS && queues.length > 0) {
    for (const queue of [...queues]) {
      const next = queue.shift();
      if (next === undefined) queues.splice(queues.indexOf(queue), 1);
      else if (chosen.size < MAX_REPAIR_REQUESTS) chosen.add(next);
    }
  }
  for (const missing of chosen) {
    //= protocol: REPAIR-1
    noteRequested(state, missing, env.now + Math.min(BACKOFF_CAP_MS, FIRST_BACKOFF_MS * 2 ** missing.requests));
  }
  return [...chosen].map(({ id, hint }) => ({ messageId: id, retrievalHint: hint }));
}

function dueRequests(state: RepairAndBelow, until: number): MissingMessage[] {
  //= protocol: LAG-2
  return [...state.holes.missing.values()].filter(
    (missing) => missing.requestAt <= until && isAskedFor(state, missing),
  );
}

/** An id is in the queue of each signer who names it; the least asked for come first. */
function queuesBySigner(due: readonly MissingMessage[]): MissingMessage[][] {
  const queues = new Map<number, MissingMessage[]>();
  //= protocol: REPAIR-5
  for (const missing of [...due].sort((a, b) => a.requests - b.requests)) {
    for (const signer of missing.namedBy) {
      const queue = queues.get(signer);
      if (queue === undefined) queues.set(signer, [missing]);
      else queue.push(missing);
    }
  }
  return [...queues.values()];
}

/**
 * The first request for an id is worth a sync of its own. So is any, now and then, just after coming back, and as long as
 * something waits: who delivers nothing has nothing to ack, and a request would find no sync to ride on.
 */
export function nextRequestSyncAt(state: RepairAndBelow): number {
  const { eagerUntil, eagerNextAt } = state.repair;
  // One sync asks for eight: somebody who names many ids at once must not be worth a sync for each.
  //= protocol: REPAIR-2
  const firstNextAt = eagerNextAt - EAGER_EVERY_MS + FIRST_EVERY_MS;
  const first = Math.max(nextFirstRequestAt(state), firstNextAt);
  const again = nextRepeatedRequestAt(state);
  //= protocol: REPAIR-3
  if (again < eagerUntil) return Math.min(first, Math.max(again, eagerNextAt));
  if (state.log.buffered.size === 0) return first;
  return Math.min(first, Math.max(again, eagerNextAt - EAGER_EVERY_MS + WAITING_EVERY_MS));
}

/** The connection is back. */
export function beginEagerRequests(state: RepairAndBelow, now: number): void {
  ownRepair(state).eagerUntil = now + EAGER_MS;
  ownRepair(state).eagerNextAt = now;
}

export function noteEagerSync(state: RepairAndBelow, now: number): void {
  ownRepair(state).eagerNextAt = now + EAGER_EVERY_MS;
}

/** What somebody asks for, from when on they say that they have everything, and when that came to this device. */
export interface HeardRequests {
  readonly requests: readonly HistoryEntry[];
  readonly completeSince: number;
  readonly at: number;
}

/** Somebody asks: answer when our turn comes, if we have it; wait a little, once, if we miss it too. */
export function hearRequests(ctx: RepairContext, requester: Participant, heard: HeardRequests): void {
  const { state, env } = ctx;
  // Others have answered it, and who still misses it asks again.
  //= protocol: LAG-4
  const isOver = env.now - heard.at >= answerWindow(state);
  for (const { messageId } of heard.requests) {
    const entry = state.log.entries.get(messageId);
    if (entry === undefined) postponeOwnRequest(state, messageId, heard.at);
    else if (!isOver && canGive(state, entry)) planAnswers(ctx, requester, entry, heard);
  }
}

/** Within which everybody who may answer does. */
function answerWindow(state: RepairAndBelow): number {
  return Math.max(1, state.identity.parameters.repairAnswerMaxMs);
}

/** Somebody else has to answer for what was deleted here, or given up on a full disk. */
function canGive(state: RepairAndBelow, entry: LogEntry): boolean {
  //= protocol: REPAIR-8
  return !entry.removed && !isBodyGivenUp(state, entry);
}

function planAnswers(ctx: RepairContext, requester: Participant, entry: LogEntry, heard: HeardRequests): void {
  const { state } = ctx;
  // The author that we stored decides who comes first; the one in the request may be made up.
  //= protocol: REPAIR-8
  const delay = responseDelay(state.identity.self, entry.author.id, entry.id, answerWindow(state));
  for (const wanted of [entry, ...missingAncestors(state, requester, entry, heard.completeSince)]) {
    if (state.repair.answers.has(wanted.id)) continue;
    //= protocol: REPAIR-10
    if (countAnswers(state, requester.index) >= MAX_ANSWERS_PER_REQUESTER) return;
    ownRepair(state).answers.set(wanted.id, { at: heard.at + delay, requester: requester.index });
  }
}

/** What the requester's own claims say it lacks below the message: it would ask for it next. */
function missingAncestors(
  state: RepairAndBelow,
  requester: Participant,
  entry: LogEntry,
  completeSince: number,
): LogEntry[] {
  const found: LogEntry[] = [];
  const seen = new Set([entry]);
  const stack = [entry];
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    for (const reference of current.parents) {
      const parent = state.log.entries.get(reference.id);
      if (parent === undefined || seen.has(parent) || !isTrueEdge(current, reference, parent)) continue;
      seen.add(parent);
      const has = parent.author === requester || requester.credits.has(parent.number);
      //= protocol: REPAIR-10
      if (has || parent.lamport < completeSince || !canGive(state, parent)) continue;
      found.push(parent);
      if (found.length === MAX_ANCESTORS_PER_ANSWER) return found;
      stack.push(parent);
    }
  }
  return found;
}

function countAnswers(state: RepairAndBelow, requester: number): number {
  let count = 0;
  for (const answer of state.repair.answers.values()) if (answer.requester === requester) count++;
  return count;
}

/** Once per id: otherwise a liar who keeps asking could keep us from ever asking. */
function postponeOwnRequest(state: RepairAndBelow, id: MessageId, now: number): void {
  const missing = state.holes.missing.get(id);
  //= protocol: REPAIR-7
  if (missing === undefined || missing.postponed || !isAskedFor(state, missing)) return;
  const { repairAskMinMs: tMinMs, repairAskMaxMs: tMaxMs } = state.identity.parameters;
  postponeRequest(missing, now + requestDelay(state.identity.self, id, { tMinMs, tMaxMs }));
}

/** Somebody was faster. */
export function cancelAnswer(state: RepairAndBelow, id: MessageId): void {
  //= protocol: REPAIR-9
  ownRepair(state).answers.delete(id);
}

/** The connection is lost, or was while we slept: others answered meanwhile, and who still misses something asks again. */
export function dropAnswers(state: RepairAndBelow): void {
  //= protocol: REPAIR-9
  ownRepair(state).answers.clear();
}

/** Gives the answers whose time has come, once all that came before is taken in: somebody may have been faster. */
export function answerDue(ctx: RepairContext): void {
  const { state, env } = ctx;
  if (!state.clock.connection.online) return;
  dropLateAnswers(ctx);
  const until = takenInUpTo(state, env.now);
  for (const [id, answer] of state.repair.answers) {
    //= protocol: LAG-4, RATE-2
    if (answer.at > until || !takeTurn(ctx, "repair", groupOf(state, env.now))) continue;
    ownRepair(state).answers.delete(id);
    //= protocol: STATE-1, REPAIR-8
    ctx.effects.push({ kind: "repair", id });
  }
}

/** The intake is so far behind that they would come when nobody waits for them any more. */
function dropLateAnswers({ state, env }: RepairContext): void {
  const window = answerWindow(state);
  //= protocol: LAG-4
  if (state.clock.intakeLagMs < window) return;
  for (const [id, answer] of state.repair.answers) {
    if (env.now - answer.at >= window) ownRepair(state).answers.delete(id);
  }
}

export function nextAnswerAt(state: RepairAndBelow, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  if (!state.clock.connection.online || state.repair.answers.size === 0) return next;
  for (const answer of state.repair.answers.values()) next = Math.min(next, answer.at);
  //= protocol: LAG-4
  return Math.max(next + state.clock.intakeLagMs, turnAt(state, "repair", groupOf(state, now)));
}

/** The clock was set by so much. */
export function moveAnswers(state: RepairAndBelow, byMs: number): void {
  const own = ownRepair(state);
  for (const [id, answer] of own.answers) own.answers.set(id, { ...answer, at: answer.at + byMs });
  own.eagerUntil += byMs;
  own.eagerNextAt += byMs;
}

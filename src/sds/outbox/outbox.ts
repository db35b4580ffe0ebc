import { takeToken, tokenAt } from "../budget/budget.ts";
import { connectedNow, wallTimeOf } from "../clock/connected-time.ts";
import { ledger } from "../io/step-context.ts";
import type { StepInput } from "../io/step-input.ts";
import { noteHint } from "../log/copies.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { takeAuthorSeq } from "../log/own-messages.ts";
import { saveMessage } from "../log/save-message.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import type { Participant } from "../participants/participant.ts";
import type { MessageId } from "../wire/ids.ts";
import type { OutboxEvent } from "./delivery-state.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { moveStage, saveOutbox } from "./outbox-stage.ts";
import type { OutboxAndBelow, OutboxContext } from "./outbox-state.ts";
import { ownItem, ownOutbox } from "./own.ts";
import { nextResendDelay } from "./resend-schedule.ts";

/** How a person asked for a message to be sent. */
type Wish = Pick<OutboxEntry, "requestId" | "levelPercent">;
/** Nobody asked in this run. */
export const UNASKED: Wish = { requestId: "", levelPercent: null };

/** An accepted message enters the outbox, to be sent as soon as there is a connection. */
export function enqueue(ctx: OutboxContext, entry: LogEntry, { requestId, levelPercent }: Wish): void {
  const item: OutboxEntry = {
    entry,
    requestId,
    levelPercent,
    stage: "queued",
    attempts: 0,
    inFlight: false,
    // One that was composed while others are being replaced names them, and must not leave before they are replaced.
    replaced: isAnyReplaced(ctx.state),
    limited: false,
    asked: false,
    taken: false,
    aged: false,
    acceptedAt: ctx.env.now,
    firstAttemptAt: null,
    firstAttemptConnectedMs: null,
    nextAttemptAt: ctx.env.now,
    reason: "",
  };
  ownOutbox(ctx.state).items.set(entry.id, item);
  ownOutbox(ctx.state).open.add(item);
  saveOutbox(ctx, item);
}

function isAnyReplaced(state: OutboxAndBelow): boolean {
  for (const { replaced } of state.outbox.open) if (replaced) return true;
  return false;
}

/** Sends what is due, in the order in which it was accepted; one that fails does not hold up the others. */
export function sendDue(ctx: OutboxContext): void {
  const { state, env } = ctx;
  if (!state.clock.connection.online) return;
  for (const item of state.outbox.open) noticeSilence(ctx, item);
  const newest = newestUnconfirmed(state);
  //= protocol: SEND-1
  for (const item of state.outbox.open) {
    if (isPastHorizon(item, env.now)) {
      rest(ctx, item);
      continue;
    }
    if (item.inFlight || item.replaced || attemptAt(state, item) > env.now) continue;
    //= protocol: SEND-5
    if (item.stage === "unconfirmed" && item !== newest && !item.asked) {
      // Its parents ask for it: whoever gets the newest one names the older ones as missing.
      ownItem(item).nextAttemptAt = env.now + state.identity.parameters.resendMaxMs;
    } else {
      attemptWithinBudget(ctx, item);
    }
  }
}

/** When it is next to be attempted; Infinity: not. A receipt for what was taken may wait in the own intake. */
function attemptAt({ clock }: OutboxAndBelow, { nextAttemptAt, taken, asked }: OutboxEntry): number {
  if (nextAttemptAt === null) return Number.POSITIVE_INFINITY;
  //= protocol: LAG-3
  return taken && !asked ? nextAttemptAt + clock.intakeLagMs : nextAttemptAt;
}

function isPastHorizon({ acceptedAt, taken, asked, inFlight }: OutboxEntry, now: number): boolean {
  //= protocol: SEND-3, SEND-4
  return taken && !asked && !inFlight && now - acceptedAt > HORIZON_MS;
}

/** Not sent again by itself any more. */
function rest(ctx: OutboxContext, item: OutboxEntry): void {
  ownOutbox(ctx.state).open.delete(item);
  if (item.nextAttemptAt === null) return;
  ownItem(item).nextAttemptAt = null;
  saveOutbox(ctx, item);
}

function attemptWithinBudget(ctx: OutboxContext, item: OutboxEntry): void {
  const traffic = item.attempts === 0 ? "content" : "resend";
  const limited = !takeToken(ctx, traffic);
  if (limited) ownItem(item).nextAttemptAt = tokenAt(ctx.state, traffic);
  else attempt(ctx, item);
  if (limited === item.limited) return;
  ownItem(item).limited = limited;
  // Shown while it waits to leave at all; an attempt tells of itself.
  if (limited && item.attempts === 0) ledger(ctx, [item.entry.id], { kind: "stage", stage: "waiting", reason: "" });
}

function attempt(ctx: OutboxContext, item: OutboxEntry): void {
  const { state, env } = ctx;
  ownItem(item).attempts++;
  ownItem(item).inFlight = true;
  ownItem(item).asked = false;
  ownItem(item).nextAttemptAt = null;
  ownItem(item).firstAttemptConnectedMs ??= connectedNow(state, env.now);
  if (item.firstAttemptAt === null) {
    ownItem(item).firstAttemptAt = env.now;
    // Once bytes may have left, the message must not be composed anew: that is on disk before they leave.
    //= protocol: STATE-3
    ctx.durability = "strict";
  }
  moveStage(ctx, item, "attempt");
  ledger(ctx, [item.entry.id], { kind: "attempt", attempt: item.attempts, bytes: item.entry.size });
  ctx.effects.push({ kind: "send", id: item.entry.id, attempt: item.attempts });
}

export function attemptResult(ctx: OutboxContext, input: Extract<StepInput, { kind: "attempt-result" }>): void {
  const item = ctx.state.outbox.items.get(input.id);
  if (item === undefined || !item.inFlight || item.attempts !== input.attempt) return;
  const { outcome } = input;
  ownItem(item).inFlight = false;
  if (outcome.ok) {
    ownItem(item).taken = true;
    noteHint(item.entry, outcome.hint);
    saveMessage(ctx, item.entry);
  }
  ownItem(item).reason = outcome.ok ? "" : outcome.reason;
  const again = ctx.state.outbox.open.has(item) && item.stage !== "stored";
  //= protocol: SEND-3
  ownItem(item).nextAttemptAt = again ? ctx.env.now + resendDelay(ctx, item) : null;
  moveStage(ctx, item, resultEvent(outcome));
  const reason = outcome.ok ? "" : outcome.reason;
  ledger(ctx, [input.id], { kind: "attempt-result", attempt: input.attempt, ok: outcome.ok, reason });
}

function resultEvent(outcome: Extract<StepInput, { kind: "attempt-result" }>["outcome"]): OutboxEvent {
  if (outcome.ok) return "taken";
  return outcome.retryable ? "refused" : "refused-for-good";
}

function resendDelay(ctx: OutboxContext, item: OutboxEntry): number {
  const { resendFirstMs, resendMaxMs } = ctx.state.identity.parameters;
  return nextResendDelay(item.attempts, { firstMs: resendFirstMs, maxMs: resendMaxMs }, ctx.env.random);
}

/** Nobody confirmed for long enough while we were connected: it may have arrived, and we say that we do not know. */
function noticeSilence(ctx: OutboxContext, item: OutboxEntry): void {
  if (silentAt(ctx.state, item) > connectedNow(ctx.state, ctx.env.now)) return;
  //= protocol: SEND-5
  if (item.stage !== "stored") changeStage(ctx, item, "silence");
  else age(ctx, item);
}

/** That it is kept is one service node's word, which may be a lie. It is not sent again for that: to whom? */
function age(ctx: OutboxContext, item: OutboxEntry): void {
  ownItem(item).aged = true;
  saveOutbox(ctx, item);
  ledger(ctx, [item.entry.id], { kind: "stage", stage: "unconfirmed", reason: "" });
}

/** Connected time at which silence becomes `unconfirmed`; Infinity if it never will. */
function silentAt(state: OutboxAndBelow, item: OutboxEntry): number {
  if (item.firstAttemptConnectedMs === null || !item.taken) return Number.POSITIVE_INFINITY;
  if (item.stage === "stored" ? item.aged : item.stage !== "sent" && item.stage !== "sending")
    return Number.POSITIVE_INFINITY;
  return item.firstAttemptConnectedMs + state.identity.parameters.unconfirmedAfterMs;
}

/** A person asks: once more, at once, and with all patience anew. */
export function sendAgain(ctx: OutboxContext, id: MessageId): void {
  const { state, env } = ctx;
  const item = state.outbox.items.get(id);
  if (item === undefined || item.stage === "settled" || item.entry.removed) return;
  if (!item.inFlight) {
    //= protocol: SEND-5
    ownItem(item).asked = true;
    ownItem(item).nextAttemptAt = env.now;
  }
  if (item.taken) ownItem(item).firstAttemptConnectedMs = connectedNow(state, env.now);
  ownItem(item).aged = false;
  changeStage(ctx, item, item.taken ? "again-after-taken" : "again");
}

/** A person gives up on it. It may have arrived. */
export function stopSending(ctx: OutboxContext, id: MessageId): void {
  const item = ctx.state.outbox.items.get(id);
  if (item !== undefined) changeStage(ctx, item, "stop");
}

/**
 * A Store gave an own message back: it is archived, though nobody confirmed it. Who comes later will find it there, so
 * it is not sent again until somebody is heard who lacks it.
 */
export function confirmStored(ctx: OutboxContext, id: MessageId): void {
  const item = ctx.state.outbox.items.get(id);
  if (item === undefined) return;
  ownItem(item).taken = true;
  if (ctx.state.outbox.open.has(item)) ownItem(item).nextAttemptAt = null;
  changeStage(ctx, item, "stored");
}

/** Somebody was heard who may reach no Store: the newest stored message that they lack goes out again; its causes are asked for. */
export function resendStoredTo(ctx: OutboxContext, participant: Participant): void {
  let newest: OutboxEntry | null = null;
  for (const item of ctx.state.outbox.open) {
    //= protocol: SEND-6
    if (item.stage !== "stored" || participant.credits.has(item.entry.number)) continue;
    if (newest === null || item.entry.lamport > newest.entry.lamport) newest = item;
  }
  if (newest === null || newest.inFlight || newest.nextAttemptAt !== null) return;
  ownItem(newest).nextAttemptAt = ctx.env.now + resendDelay(ctx, newest);
  saveOutbox(ctx, newest);
}

function changeStage(ctx: OutboxContext, item: OutboxEntry, event: OutboxEvent): void {
  if (!moveStage(ctx, item, event)) return;
  ledger(ctx, [item.entry.id], { kind: "stage", stage: item.stage, reason: item.reason });
}

/** The connection is back: what never left goes now, whatever its back-off said. */
export function hurryQueued(state: OutboxAndBelow, now: number): void {
  for (const item of state.outbox.open) {
    //= protocol: SEND-4
    if (item.stage === "queued" && !item.inFlight) ownItem(item).nextAttemptAt = now;
  }
}

function newestUnconfirmed(state: OutboxAndBelow): OutboxEntry | null {
  let newest: OutboxEntry | null = null;
  for (const item of state.outbox.open) {
    if (item.stage !== "unconfirmed" || state.log.ahead.has(item.entry)) continue;
    if (newest === null || item.entry.lamport > newest.entry.lamport) newest = item;
  }
  return newest;
}

/** Accepted and not yet taken by any service node. */
export function countWaiting(state: OutboxAndBelow): number {
  let waiting = 0;
  for (const item of state.outbox.open) if (!item.taken) waiting++;
  return waiting;
}

export function nextOutboxAt(state: OutboxAndBelow, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  if (!state.clock.connection.online) return next;
  for (const item of state.outbox.open) {
    if (!item.inFlight && !item.replaced) next = Math.min(next, attemptAt(state, item));
    next = Math.min(next, wallTimeOf(state, now, silentAt(state, item)));
  }
  return next;
}

/** An own message that this device no longer knew came back: it is out there, so it is nothing to send. */
export function readmit(ctx: OutboxContext, entry: LogEntry): void {
  //= protocol: OWN-1
  enqueue(ctx, entry, UNASKED);
  confirmStored(ctx, entry.id);
  const item = ctx.state.outbox.items.get(entry.id);
  if (item !== undefined) {
    ownItem(item).replaced = false;
    ownItem(item).nextAttemptAt = null;
  }
  takeAuthorSeq(ctx, entry.authorSeq);
}

/** The clock was set by so much: attempts stay as far away as they were. */
export function moveAttempts(state: OutboxAndBelow, byMs: number): void {
  for (const item of state.outbox.open) {
    if (item.nextAttemptAt !== null) ownItem(item).nextAttemptAt = item.nextAttemptAt + byMs;
  }
}

import { connectedNow } from "../clock/connected-time.ts";
import { takenInUpTo } from "../clock/intake-lag.ts";
import type { WantedMessage } from "../io/effect.ts";
import type { HoleRecord } from "../io/records.ts";
import { ledger } from "../io/step-context.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { RETRIEVAL_HINT_BYTES } from "../parameters/limits.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import type { MessageId } from "../wire/ids.ts";
import type { HolesAndBelow, HolesContext } from "./holes-state.ts";
import type { MissingMessage } from "./missing-message.ts";
import { isGivenUp, isWanted, planAsking, takeFetchesDue } from "./missing-schedule.ts";
import { ownHoles, ownMissing } from "./own.ts";
import { requestDelay } from "./repair-timing.ts";
import { forgetMissing } from "./shares.ts";

/** Twice the reordering that was waited for: a Store that is about to write it has done so then. Doubles each time. */
const FIRST_RETRY_MS = 4_000;
/** A Store that had it neither at once nor within the hour seldom gets it later; what it does get, the regular reading finds. */
const RETRY_CAP_MS = 30 * 60_000;

/** Notes that somebody names an id that we do not hold, or learns more of it. To be planned for by `planAsking` after. */
export function missMessage(
  ctx: HolesContext,
  id: MessageId,
  named: { readonly by: number; readonly lamport: number | null; readonly hint: Uint8Array | undefined },
): MissingMessage {
  const { state, env } = ctx;
  const { by, lamport, hint } = named;
  //= protocol: LIMIT-5
  const usable = hint?.length === RETRIEVAL_HINT_BYTES ? hint : undefined;
  const forgetAt = connectedNow(state, env.now) + state.identity.parameters.lostAfterMs;
  // What names it was pushed then, and so may have been what is missing.
  //= protocol: LAG-2
  const missedAt = takenInUpTo(state, env.now);
  const known = state.holes.missing.get(id);
  if (known !== undefined) {
    const wasGivenUp = isGivenUp(known);
    ownMissing(known).namedBy.add(by);
    if (lamport !== null && lamport > (known.lamport ?? -1)) {
      ownMissing(known).lamport = lamport;
      // Its place in the log.
      if (known.state !== null) saveHole(ctx, known, known.state);
    }
    if (known.hint === undefined && usable !== undefined) {
      ownMissing(known).hint = usable;
      if (!wasGivenUp)
        ownMissing(known).askAt = Math.min(known.askAt, missedAt + state.identity.parameters.reorderWaitMs);
    }
    ownMissing(known).forgetAt = forgetAt;
    ownMissing(known).listed ||= named.lamport === null;
    if (wasGivenUp && isWanted(state, known) && !isTooOld(known, env.now)) wantAgain(state, known, missedAt);
    return known;
  }
  const missing: MissingMessage = {
    id,
    number: ownHoles(state).nextNumber++,
    lamport,
    hint: usable,
    children: [],
    //= protocol: HOLE-1
    askAt: missedAt + state.identity.parameters.reorderWaitMs,
    asks: 0,
    //= protocol: REPAIR-1
    requestAt: missedAt + firstRequestDelay(state, id),
    requests: 0,
    postponed: false,
    listed: lamport === null,
    namedBy: new Set([by]),
    inShareOf: null,
    since: env.now,
    forgetAt,
    state: null,
  };
  ownHoles(state).missing.set(id, missing);
  return missing;
}

/** Asks a Store for what stays away longer than reordering explains, with back-off, and shows it as being fetched. */
export function fetchMissing(ctx: HolesContext): void {
  const { state, env } = ctx;
  if (!state.clock.connection.online) return;
  const wanted: WantedMessage[] = [];
  //= protocol: LAG-2
  for (const missing of takeFetchesDue(state, takenInUpTo(state, env.now))) {
    if (isHopeless(state, missing, env.now)) {
      giveUp(state, missing);
      continue;
    }
    const { id, hint, lamport } = missing;
    // A hint may lead nowhere (a copy that no Store kept), so every other time the minutes around it are searched.
    //= protocol: HOLE-1
    const byTime = lamport !== null && missing.asks % 2 === 1;
    if (hint !== undefined || lamport !== null) wanted.push({ id, hint: byTime ? undefined : hint, lamport });
    ownMissing(missing).asks++;
    //= protocol: HOLE-1
    ownMissing(missing).askAt = env.now + Math.min(RETRY_CAP_MS, FIRST_RETRY_MS * 2 ** (missing.asks - 1));
    planAsking(state, missing);
    //= protocol: HOLE-2
    if (missing.state === null && needsHole(state, missing)) showHole(ctx, missing, "fetching");
  }
  if (wanted.length > 0) ctx.effects.push({ kind: "fetch", wanted });
}

/** Everything missing may be asked for again at once: a Store or a peer may have come back. */
export function askAgain(state: HolesAndBelow, now: number): void {
  //= protocol: HOLE-7
  for (const missing of state.holes.missing.values()) {
    ownMissing(missing).asks = 0;
    ownMissing(missing).askAt = Math.min(missing.askAt, now + state.identity.parameters.reorderWaitMs);
    ownMissing(missing).requests = 0;
    ownMissing(missing).requestAt = now + firstRequestDelay(state, missing.id);
    planAsking(state, missing);
  }
}

/** A person wants it: as if it were missed only now, however long it was asked for. It stays lost until it comes. */
export function fetchAgain(ctx: HolesContext, id: MessageId): void {
  const { state, env } = ctx;
  const missing = state.holes.missing.get(id);
  if (missing === undefined || state.log.entries.has(id)) return;
  //= protocol: HOLE-7
  ownMissing(missing).since = env.now;
  ownMissing(missing).asks = 0;
  ownMissing(missing).askAt = takenInUpTo(state, env.now);
  ownMissing(missing).requests = 0;
  ownMissing(missing).requestAt = takenInUpTo(state, env.now);
  planAsking(state, missing);
  if (missing.state !== null) saveHole(ctx, missing, missing.state);
}

/** T_req: spread over the group, so that mostly one asks and the others see the answer. */
function firstRequestDelay(state: HolesAndBelow, id: MessageId): number {
  const { repairAskMinMs: tMinMs, repairAskMaxMs: tMaxMs } = state.identity.parameters;
  return requestDelay(state.identity.self, id, { tMinMs, tMaxMs });
}

/** Beyond the horizon nobody has to keep it; and an id that only syncs name may never have existed. */
function isHopeless(state: HolesAndBelow, missing: MissingMessage, now: number): boolean {
  //= protocol: HOLE-4, HOLE-6
  if (!isWanted(state, missing) || isTooOld(missing, now)) return true;
  //= protocol: HOLE-5
  return missing.children.length === 0 && connectedNow(state, now) > missing.forgetAt;
}

function isTooOld(missing: MissingMessage, now: number): boolean {
  return now - missing.since > HORIZON_MS;
}

/** Somebody names it anew, in a way that makes it wanted. */
function wantAgain(state: HolesAndBelow, missing: MissingMessage, now: number): void {
  ownMissing(missing).askAt = now + state.identity.parameters.reorderWaitMs;
  ownMissing(missing).requestAt = now + firstRequestDelay(state, missing.id);
}

/** What messages name stays known as missing, or `complete_since` would claim it. */
function giveUp(state: HolesAndBelow, missing: MissingMessage): void {
  ownMissing(missing).askAt = Number.POSITIVE_INFINITY;
  ownMissing(missing).requestAt = Number.POSITIVE_INFINITY;
  if (missing.children.length === 0) forgetMissing(state, missing);
}

/** A place in the log is known and it is not from before we joined. */
function needsHole(state: HolesAndBelow, missing: MissingMessage): boolean {
  //= protocol: HOLE-2, JOIN-3
  return missing.children.length > 0 && (missing.lamport === null || missing.lamport >= state.holes.joinLamport);
}

export function declareLost(ctx: HolesContext, missing: MissingMessage): void {
  showHole(ctx, missing, "lost");
}

function showHole(ctx: HolesContext, missing: MissingMessage, holeState: HoleRecord["state"]): void {
  ownMissing(missing).state = holeState;
  saveHole(ctx, missing, holeState);
  ledger(ctx, [missing.id], { kind: "hole", state: holeState });
}

export function saveHole(ctx: HolesContext, missing: MissingMessage, state: HoleRecord["state"]): void {
  const { id, lamport, since, hint } = missing;
  ctx.changes.push({ op: "put", table: "hole", record: { id, lamport, state, since, hint } });
}

/** The message came: delivered, it takes its place in the log; too old to be kept, it counts as known. */
export function closeHole(ctx: HolesContext, id: MessageId): void {
  const missing = ctx.state.holes.missing.get(id);
  if (missing === undefined) return;
  //= protocol: HOLE-3
  forgetMissing(ctx.state, missing);
  if (missing.state === null) return;
  ctx.changes.push({ op: "delete", table: "hole", key: id });
  ledger(ctx, [id], { kind: "hole", state: "closed" });
}

/**
 * `complete_since`: from this Lamport timestamp on, I have everything that my heads build on. What is not delivered of it
 * raises it above what was signed for it, for whatever reason something was delivered past it, and so does the watermark:
 * what is below it was refused or forgotten. There is no list of exceptions: it would hide the ids behind the exception.
 * It follows from what is held, delivered and lost, not from the order in which that came. As long as a parent is not held
 * every edge to it may be true; from then on the false ones are known, and count no more.
 */
export function completeSince(state: HolesAndBelow): number {
  //= protocol: SINCE-1, SINCE-3, STATE-9
  let since = Math.max(state.holes.joinLamport, state.holes.watermark, state.log.buffered.highestPassed() + 1);
  for (const missing of state.holes.missing.values()) {
    const { id, lamport } = missing;
    //= protocol: SINCE-2, SINCE-4, SINCE-5
    if (lamport === null || lamport < since || state.log.entries.has(id)) continue;
    if (wasDeliveredPast(missing)) since = lamport + 1;
  }
  return since;
}

function wasDeliveredPast(missing: MissingMessage): boolean {
  return missing.state === "lost" || missing.children.some(({ status }) => status === "delivered");
}

/** A held entry names it: it comes with a place in the log, and is waited for. */
export function linkChild(missing: MissingMessage, child: LogEntry): void {
  ownMissing(missing).children.push(child);
}

/** The clock was set by so much. By the new one it might look as if it had been asked for all day. */
export function moveAsking(ctx: HolesContext, byMs: number): void {
  for (const missing of ctx.state.holes.missing.values()) {
    const own = ownMissing(missing);
    own.askAt += byMs;
    own.requestAt += byMs;
    own.since += byMs;
    planAsking(ctx.state, missing);
    if (missing.state !== null) saveHole(ctx, missing, missing.state);
  }
}

/**
 * When the channel is restored. It was missed when it was missed: each start would give what does not exist another day of
 * being asked for. Who names it is known by the messages that do, once these are linked: otherwise all holes were a
 * signer's of their own, beside those who name them.
 */
export function restoreHole(ctx: HolesContext, { id, lamport, hint, since, state: holeState }: HoleRecord): void {
  const missing = ownMissing(missMessage(ctx, id, { by: 0, lamport, hint }));
  missing.namedBy.clear();
  missing.since = Math.min(since, ctx.env.now);
  missing.state = holeState;
}

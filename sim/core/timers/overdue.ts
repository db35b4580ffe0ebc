import { turnAt } from "../../../src/sds/budget/budget.ts";
import type { ChannelState } from "../../../src/sds/channel-state.ts";
import type { MissingMessage } from "../../../src/sds/holes/missing-message.ts";
import { isAskedFor, isDoubted } from "../../../src/sds/holes/missing-schedule.ts";
import type { OutboxEntry } from "../../../src/sds/outbox/outbox-entry.ts";
import { LAMPORT_EMBARGO_MS } from "../../../src/sds/parameters/parameters.ts";
import { SCHEDULES } from "../../../src/sds/schedules.ts";
import { groupOf, type Pause, windowOf } from "./moment.ts";

const NEVER = Number.POSITIVE_INFINITY;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

type Due = (pause: Pause) => number;

/** Wall time at which each schedule of the protocol has something to do, by what rooms hold. */
const DUE: Readonly<Record<string, Due>> = {
  ahead: ({ state }) => earliest(state.log.ahead, ({ lamport }) => lamport - LAMPORT_EMBARGO_MS),
  walks: ({ state, now }) => (state.evidence.unfinished.size > 0 ? now : NEVER),
  embargo: ({ state }) => {
    return earliest(state.receive.embargoed.values(), ({ content }) => content.lamport - LAMPORT_EMBARGO_MS);
  },
  lost: ({ state }) => {
    return whenConnected(
      state,
      earliest(state.log.buffered, (entry) => state.log.buffered.deadlineOf(entry)),
    );
  },
  fetches: ({ state }) => {
    const asked = (missing: MissingMessage): number => (state.log.entries.has(missing.id) ? NEVER : missing.askAt);
    return online(state, earliest(state.holes.missing.values(), asked));
  },
  outbox: ({ state }) =>
    online(
      state,
      earliest(state.outbox.open, (item) => attemptAt(state, item)),
    ),
  answers: (pause) => {
    const { state } = pause;
    const first = online(
      state,
      earliest(state.repair.answers.values(), ({ at }) => at),
    );
    return first === NEVER ? NEVER : Math.max(first, turnAt(state, "repair", groupOf(pause)));
  },
  syncs: (pause) => online(pause.state, Math.max(turnAt(pause.state, "sync", groupOf(pause)), syncAt(pause))),
  "connected time": ({ state }) => {
    const { savedMs, startedMs } = state.clock.connection;
    return whenConnected(state, savedMs + Math.min(5 * MINUTE, Math.max(5 * SECOND, savedMs - startedMs)));
  },
};

/** A schedule that is not known here would not be watched. */
const UNKNOWN = SCHEDULES.filter(({ name }) => DUE[name] === undefined).map(({ name }) => name);
if (UNKNOWN.length > 0) throw new Error(`Nothing watches over the schedules ${UNKNOWN.join()}.`);

/** When each is due, by the names of the schedules. */
export function dueTimes(pause: Pause): (readonly [name: string, at: number])[] {
  return Object.entries(DUE).map(([name, due]) => [name, due(pause)] as const);
}

function earliest<T>(items: Iterable<T>, at: (item: T) => number): number {
  let first = NEVER;
  for (const item of items) first = Math.min(first, at(item));
  return first;
}

function online(state: ChannelState, at: number): number {
  return state.clock.connection.online ? at : NEVER;
}

/** The wall time of a connected time, if the connection stays. */
function whenConnected({ clock: { connection } }: ChannelState, connectedMs: number): number {
  return connection.online ? connection.since + connectedMs - connection.accumulatedMs : NEVER;
}

/** It is sent again, or counts as unconfirmed. */
function attemptAt(state: ChannelState, item: OutboxEntry): number {
  const { stage, taken, inFlight, replaced, nextAttemptAt, firstAttemptConnectedMs } = item;
  const again = inFlight || replaced ? NEVER : (nextAttemptAt ?? NEVER);
  if (!taken || firstAttemptConnectedMs === null || (stage !== "sent" && stage !== "sending")) return again;
  return Math.min(again, whenConnected(state, firstAttemptConnectedMs + state.identity.parameters.unconfirmedAfterMs));
}

function syncAt(pause: Pause): number {
  const { sync } = pause.state;
  if (sync.trickle === null) return NEVER;
  const planned = [sync.helloAt, sync.ackAt, sync.wantReceiptsAt, ...sync.repeatAt].map((at) => at ?? NEVER);
  const idle = sync.trickle.speakAt ?? sync.trickle.intervalEnd;
  return Math.min(idle, checkpointAt(pause.state), requestAt(pause), ...planned);
}

function checkpointAt({ sync }: ChannelState): number {
  if (sync.checkpointRetryAt !== null) return sync.checkpointRetryAt;
  return sync.newClaims && sync.ackAt === null ? sync.lastCheckpointAt + 10 * MINUTE : NEVER;
}

/** REPAIR-2 to REPAIR-4: what is worth a sync of its own. */
function requestAt(pause: Pause): number {
  const { state } = pause;
  const { eagerUntil, eagerNextAt } = state.repair;
  const lastSyncAt = eagerNextAt - 20 * SECOND;
  const waits = state.log.buffered.size > 0;
  const again = Math.min(20 * SECOND, Math.max(state.identity.parameters.ackWindowMs, windowOf(pause) / 2));
  let [first, soon, late] = [NEVER, NEVER, NEVER];
  for (const missing of state.holes.missing.values()) {
    if (!isAskedFor(state, missing)) continue;
    const doubtful = missing.inShareOf !== null && isDoubted(missing.inShareOf);
    if (doubtful || missing.requests > 3) late = Math.min(late, missing.requestAt);
    else if (missing.requests > 0) soon = Math.min(soon, missing.requestAt);
    else first = Math.min(first, missing.requestAt);
  }
  const firstAt = Math.max(first, lastSyncAt + 2 * SECOND);
  const eager = Math.min(soon, late) < eagerUntil ? Math.max(Math.min(soon, late), eagerNextAt) : NEVER;
  if (!waits) return Math.min(firstAt, eager);
  return Math.min(firstAt, eager, Math.max(soon, lastSyncAt + again), Math.max(late, lastSyncAt + 30 * SECOND));
}

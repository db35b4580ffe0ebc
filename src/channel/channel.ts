import { contentTopicOf } from "../identity/content-topic.ts";
import type { Signer } from "../identity/port.ts";
import { callSafely } from "../runtime/call-safely.ts";
import type { Clock, Random } from "../runtime/port.ts";
import type { ChannelState } from "../sds/channel-state.ts";
import type { Effect } from "../sds/io/effect.ts";
import type { LedgerRow } from "../sds/io/ledger.ts";
import type { Change } from "../sds/io/records.ts";
import type { ChannelIdentity, Environment } from "../sds/io/step-context.ts";
import type { StepInput } from "../sds/io/step-input.ts";
import { countWaiting } from "../sds/outbox/outbox.ts";
import { HORIZON_MS } from "../sds/parameters/parameters.ts";
import { restore } from "../sds/restore.ts";
import { nextWakeAt } from "../sds/schedules.ts";
import { step } from "../sds/step.ts";
import type { MessageId } from "../sds/wire/ids.ts";
import type { ChannelStorage } from "../storage/port.ts";
import type { Transport } from "../transport/port.ts";
import {
  ChannelError,
  type ChannelStatus,
  type EphemeralRequest,
  type EphemeralView,
  type SendRequest,
} from "./api/channel-client.ts";
import { MAX_CLOCK_CORRECTION_MS } from "./api/limits.ts";
import { type BodyCache, createBodyCache } from "./disk/body-cache.ts";
import { createCommitQueue } from "./disk/commit-queue.ts";
import { deleteForgotten } from "./disk/delete-forgotten.ts";
import { createDiskRoom, type DiskRoom } from "./disk/disk-room.ts";
import { createOldTexts } from "./disk/old-texts.ts";
import { createChannelClock } from "./receiving/channel-clock.ts";
import { createHistoryReader } from "./receiving/history-reader.ts";
import { createIntake } from "./receiving/intake.ts";
import { createAuthoring } from "./sending/authoring.ts";
import { createEphemeralSender } from "./sending/ephemeral-sender.ts";
import { createOutbound } from "./sending/outbound.ts";
import { createEventLog, type EventLog } from "./views/event-log.ts";
import { createStatusBoard, type StatusBoard } from "./views/status-board.ts";

/** Longest a timer is set for, so that a clock that jumps or a device that slept is noticed soon. */
const MAX_WAKE_DELAY_MS = 60_000;

export interface ChannelOptions {
  readonly identity: ChannelIdentity;
  /** 32 bytes; whoever has it reads and writes. */
  readonly key: Uint8Array;
  readonly signer: Signer;
  readonly storage: ChannelStorage;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Shared with all that is written to the same disk. Default: this channel has it for itself. */
  readonly room?: DiskRoom;
  /** From then on nothing waits for room on the disk, also while the channel is still being opened. Closing it is its own matter. */
  readonly ending?: AbortSignal;
  /** Of more messages than this the oldest are forgotten. Default: `MAX_HISTORY`. */
  readonly maxHistory?: number | undefined;
}

/** One reliable channel: runs the protocol on its inputs and performs its effects. */
export interface Channel {
  readonly state: ChannelState;
  readonly bodies: BodyCache;
  readonly events: EventLog;
  readonly status: StatusBoard;
  /** Messages refused, by reason. */
  readonly refusals: ReadonlyMap<string, number>;
  /** What was handed on and is in no log. */
  readonly counts: { readonly ephemeral: number };
  now(): number;
  isClosed(): boolean;
  send(request: SendRequest): Promise<{ readonly id: MessageId }>;
  /** Says something to those who are there just now; resolves when the network took it. */
  sendEphemeral(request: EphemeralRequest): Promise<void>;
  /** Called with what others say to those who are there just now. Nothing of it is kept. */
  watchEphemeral(listener: (message: EphemeralView) => void): () => void;
  /** Deletes an own message: as if never said where it never left, hidden here where it may have. */
  remove(id: MessageId): Promise<void>;
  /** Sends an own message no more; one that never left is deleted. */
  stopSending(id: MessageId): Promise<void>;
  /** The id by which the log has a message now: that of one that was composed anew changed. */
  currentId(id: MessageId): MessageId;
  /** What a person has added to this device's clock, in milliseconds; resolves when it is on disk. */
  correctClock(correctionMs: number): Promise<void>;
  /** Something that a person asks for, or that happened; resolves when what follows from it is written. */
  dispatch(input: StepInput): Promise<void>;
  /** Called whenever the place up to which everything was read moved. */
  onRead(listener: () => void): void;
  /** Stops; everything accepted stays in storage. Called twice it resolves when all that was to be written is. */
  close(): Promise<void>;
}

/** Boots the channel from storage, without waiting for the network, and lets it run. */
export async function openChannel(options: ChannelOptions): Promise<Channel> {
  const { identity, key, signer, storage, transport, random } = options;
  const { channelId, self } = identity;
  const contentTopic = contentTopicOf(key);
  const stored = await storage.load(channelId);
  const clock = createChannelClock(options.clock, stored.meta.clockCorrectionMs ?? 0);
  const environment = (): Environment => ({ now: clock.now(), random: () => random.next() });

  const ending = new AbortController();
  const end = () => ending.abort();
  if (options.ending?.aborted === true) end();
  options.ending?.addEventListener("abort", end);

  const { state, changes, deletions } = restore(identity, stored, environment(), options.maxHistory);
  const bodies = createBodyCache(storage, channelId);
  const room = options.room ?? createDiskRoom(clock);
  const status = createStatusBoard(currentStatus);
  const commits = createCommitQueue({
    ...{ storage, channel: channelId, room, bodiesSince: () => state.holes.bodiesSince },
    ...{ ending: ending.signal, onFailure: onStorageFailure },
  });
  const events = createEventLog({ state, storage, bodies, now: clock.now, initialSeq: state.ledger.seq });
  const history = createHistoryReader({
    transport,
    contentTopic,
    clock,
    cursor: () => state.receive.historyCursor,
    onFrame: (frame) => intake.fromStore(frame),
    onRead: (startedAt) => void readUpTo(startedAt).catch(ignoreStopped),
  });
  const author = { channelId, self, signer };
  const authoring = createAuthoring({ state, author, bodies, environment, dispatch });
  const outbound = createOutbound({
    ...{ author, key, contentTopic, transport, clock, bodies, isKept: history.isKept },
    report: dispatchUnasked,
  });
  const intake = createIntake({
    ...{ state, key, clock, bodies, commits, dispatch: dispatchUnasked, refuse, onLiveSync: clock.hear },
    onEphemeral: (message) => {
      counts.ephemeral++;
      for (const listener of [...ephemeralListeners]) callSafely(() => listener(message));
    },
  });
  const refusals = new Map<string, number>();
  const counts = { ephemeral: 0 };
  const sendEphemeral = createEphemeralSender({ state, author, clock, dispatch, publish: outbound.ephemeral });
  const ephemeralListeners = new Set<(message: EphemeralView) => void>();
  const readListeners = new Set<() => void>();
  const keepTexts = room.offer(createOldTexts({ state, storage, bodies }));
  /** Nothing is accepted or published any more, and why. */
  let stopped: ChannelError | null = null;
  let closed = false;
  let closing: Promise<void> | null = null;
  let cancelWake = () => {};
  let wakePlanned = false;

  function currentStatus(): ChannelStatus {
    const health = transport.health();
    return {
      connection: closed ? "closed" : health.kind,
      peers: health.kind === "online" ? health.peers : 0,
      reason: health.kind === "offline" ? health.reason : "",
      waiting: countWaiting(state),
      early: state.receive.embargoed.size,
      clockCorrectionMs: clock.correctionMs(),
      clockSuggestionMs: clock.suggestedMs(),
      storageProblem: stopped?.code === "storage" ? stopped.message : "",
      mistake: stopped?.code === "internal",
    };
  }

  function onStorageFailure(error: unknown): void {
    const words = error instanceof Error ? error.message : "This device could not save the channel.";
    stopFor(new ChannelError("storage", words, { cause: error }));
  }

  function stopFor(error: ChannelError): void {
    stopped ??= error;
    // What it counts as held by its newest messages may not be on disk.
    keepTexts();
    cancelWake();
    history.close();
    status.refresh();
  }

  // --- Steps and their effects

  async function dispatch(input: StepInput): Promise<void> {
    assertRunning();
    noteForClocks(input);
    const effects = stepOrStop(input);
    planWake();
    await write(effects);
    events.publish(ledgerRowsOf(effects));
    for (const effect of effects) perform(effect);
    if (input.kind === "marked-read") for (const listener of readListeners) listener();
    status.refresh();
  }

  function assertRunning(): void {
    if (closed) throw new ChannelError("closed", "The channel is closed.");
    if (stopped !== null) throw stopped;
  }

  function noteForClocks(input: StepInput): void {
    clock.notice();
    if (input.kind === "composed") clock.said(input.content.id);
    if (input.kind === "composed-anew") for (const { id } of input.contents) clock.said(id);
  }

  /** Nobody waits for it. */
  function dispatchUnasked(input: StepInput): void {
    dispatch(input).catch(ignoreStopped);
  }

  /** A step that throws is our mistake, and may have changed half of the state: stop, and boot from what is written. */
  function stepOrStop(input: StepInput): Effect[] {
    try {
      return step(state, input, environment());
    } catch (cause) {
      const words = "Hearback made a mistake in this channel and stopped it. Reload: everything accepted is saved.";
      const mistake = new ChannelError("internal", words, { cause });
      stopFor(mistake);
      throw mistake;
    }
  }

  /** What a step writes is on its way before the next step runs, so that commits keep the order of steps. */
  function write(effects: readonly Effect[]): Promise<void> {
    const [first] = effects;
    if (first?.kind !== "commit") return Promise.resolve();
    for (const change of first.changes) {
      if (change.op === "delete" && change.table === "body") bodies.forget(change.key);
      if (change.op === "put" && change.table === "body") bodies.remember(change.record.id, change.record.bytes);
    }
    return commits.commit(first.changes, first.durability);
  }

  function perform(effect: Effect): void {
    if (closed) return;
    switch (effect.kind) {
      case "commit":
        return;
      case "send":
        void outbound.content(effect.id, effect.attempt);
        return;
      case "repair":
        void outbound.repair(effect.id);
        return;
      case "compose-anew":
        authoring.composeAnew(effect.ids, effect.voided);
        return;
      case "send-sync":
        void outbound.sync(effect.sync);
        return;
      case "fetch":
        history.fetch(effect.wanted);
        return;
      case "reject":
        refuse(effect.reason);
        return;
    }
  }

  function refuse(reason: string): void {
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  }

  /** Once for all steps of one turn of the event loop. */
  function planWake(): void {
    if (wakePlanned) return;
    wakePlanned = true;
    void Promise.resolve().then(() => {
      wakePlanned = false;
      cancelWake();
      if (closed || stopped !== null) return;
      const now = clock.now();
      const delay = Math.min(MAX_WAKE_DELAY_MS, Math.max(0, nextWakeAt(state, now) - now));
      cancelWake = clock.schedule(delay, () => dispatchUnasked({ kind: "wake" }));
    });
  }

  /**
   * What was read counts as read when what its senders say of themselves is on its way to the disk as well. The cursor stays at
   * what others said last: a device whose clock runs ahead would else put it behind what they are still going to say. A day
   * back at most, or who is alone for long would read all of their own words again and again.
   */
  async function readUpTo(startedAt: number): Promise<void> {
    await intake.idle();
    const cursor = Math.max(startedAt - HORIZON_MS, Math.min(startedAt, newestWordOfOthers(state)));
    await dispatch({ kind: "history-read", cursor });
  }

  async function correctClock(correctionMs: number): Promise<void> {
    if (!Number.isSafeInteger(correctionMs) || Math.abs(correctionMs) > MAX_CLOCK_CORRECTION_MS) {
      throw new ChannelError("invalid", "A clock that is off by more than a day has to be set right on the device.");
    }
    assertRunning();
    clock.correct(correctionMs);
    await dispatch({ kind: "clock-corrected", correctionMs });
  }

  // --- Life

  function onHealth(): void {
    const online = transport.health().kind === "online";
    if (online !== state.clock.connection.online) {
      dispatchUnasked({ kind: "connection", online });
      if (online) history.online();
      else history.offline();
    }
    status.refresh();
  }

  async function closeAll(): Promise<void> {
    closed = true;
    options.ending?.removeEventListener("abort", end);
    end();
    unsubscribe();
    stopWatching();
    history.close();
    cancelWake();
    outbound.close();
    intake.close();
    await commits.idle();
    keepTexts();
    status.refresh();
    events.close();
  }

  await commits.commit(changes, "strict");
  void deleteForgotten(commits, deletions, () => closed);
  const unsubscribe = transport.subscribe(contentTopic, intake.live);
  const stopWatching = transport.onHealth(onHealth);
  onHealth();
  planWake();

  return {
    state,
    bodies,
    events,
    status,
    refusals,
    counts,
    now: clock.now,
    isClosed: () => closed,
    send: authoring.send,
    sendEphemeral,
    watchEphemeral: (listener) => {
      ephemeralListeners.add(listener);
      return () => ephemeralListeners.delete(listener);
    },
    remove: (id) => authoring.takeBack("withdraw", id),
    stopSending: (id) => authoring.takeBack("stop-sending", id),
    currentId: authoring.currentId,
    correctClock,
    dispatch,
    onRead: (listener) => readListeners.add(listener),
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** Lamport timestamp of the newest signed word of anybody else; 0 when nobody was heard. */
function newestWordOfOthers({ participants: { all } }: ChannelState): number {
  let newest = 0;
  for (const { index, lastClaimLamport } of all) if (index > 0) newest = Math.max(newest, lastClaimLamport);
  return newest;
}

function ledgerRowsOf(effects: readonly Effect[]): LedgerRow[] {
  const [first] = effects;
  if (first?.kind !== "commit") return [];
  return first.changes.flatMap((change: Change) =>
    change.op === "put" && change.table === "ledger" ? [change.record] : [],
  );
}

/** The channel was closed or its storage failed meanwhile; whoever needs to know was told by the status. */
function ignoreStopped(): void {}

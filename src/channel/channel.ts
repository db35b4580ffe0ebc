import { contentTopicOf } from "../identity/content-topic.ts";
import { equalBytes } from "../identity/equal-bytes.ts";
import { decryptPayload, encryptPayload } from "../identity/payload-encryption.ts";
import type { Signer } from "../identity/port.ts";
import type { Clock, Random } from "../runtime/port.ts";
import type { ChannelIdentity, ChannelState, Environment } from "../sds/channel-state.ts";
import { prepareAnew } from "../sds/compose-anew.ts";
import type { Effect } from "../sds/effect.ts";
import type { MessageId } from "../sds/ids.ts";
import { isEmbargoed } from "../sds/lamport-clock.ts";
import type { LedgerRow } from "../sds/ledger.ts";
import { type CopyPlace, placeOf } from "../sds/lower-copy.ts";
import { MESSAGE_TYPE } from "../sds/message-type.ts";
import { countWaiting } from "../sds/outbox.ts";
import { addsNothing, isCopyWorthComparing } from "../sds/receive-claim.ts";
import type { Change } from "../sds/records.ts";
import { restore } from "../sds/restore.ts";
import { nextWakeAt, prepare, step } from "../sds/step.ts";
import type { IncomingClaim, IncomingContent, Source, StepInput } from "../sds/step-input.ts";
import type { ChannelStorage } from "../storage/port.ts";
import { type InboundFrame, type Transport, TransportError } from "../transport/port.ts";
import { type BodyCache, createBodyCache } from "./body-cache.ts";
import { callSafely } from "./call-safely.ts";
import { ChannelError, type ChannelStatus, type SendRequest } from "./channel-client.ts";
import { createCommitQueue } from "./commit-queue.ts";
import { composeContent, composeSync } from "./compose.ts";
import { createCorrectedClock } from "./corrected-clock.ts";
import { createEphemeralGate, type EphemeralView } from "./ephemeral.ts";
import { createEventLog, type EventLog } from "./event-log.ts";
import { createHistoryReader } from "./history-reader.ts";
import { type Incoming, inputOf, readIncoming, type Trailer } from "./incoming.ts";
import { createStatusBoard, type StatusBoard } from "./status-board.ts";
import { checkRequestId, encodeText } from "./text.ts";
import { createTrailerQueue } from "./trailer-queue.ts";

/** Longest a timer is set for, so that a clock that jumps or a device that slept is noticed soon. */
const MAX_WAKE_DELAY_MS = 60_000;
/** A Store may take a moment to write what it was given. */
const CHECKPOINT_CHECK_MS = 3_000;
/** Frames waiting to be verified; beyond that the newest are dropped and come again by resend or from the Store. */
const MAX_INBOUND = 10_000;

/** Stands in the place of a message that was deleted before it left. */
const VOID = { type: MESSAGE_TYPE.void, body: new Uint8Array() };

export interface ChannelOptions {
  readonly identity: ChannelIdentity;
  /** 32 bytes; whoever has it reads and writes. */
  readonly key: Uint8Array;
  readonly signer: Signer;
  readonly storage: ChannelStorage;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of ephemeral messages as they come. Nothing of them is kept. */
  readonly onEphemeral?: ((message: EphemeralView) => void) | undefined;
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
  /** Deletes an own message: as if never said where it never left, hidden here where it may have. */
  remove(id: MessageId): Promise<void>;
  /** Sends an own message no more; one that never left is deleted. */
  stopSending(id: MessageId): Promise<void>;
  /** Something that a person asks for, or that happened; resolves when what follows from it is written. */
  dispatch(input: StepInput): Promise<void>;
  /** Called whenever the place up to which everything was read moved. */
  onRead(listener: () => void): void;
  /** Stops; everything accepted stays in storage. Idempotent. */
  close(): Promise<void>;
}

/** Boots the channel from storage, without waiting for the network, and lets it run. */
export async function openChannel(options: ChannelOptions): Promise<Channel> {
  const { identity, key, signer, storage, transport, random } = options;
  const { channelId, self } = identity;
  const contentTopic = contentTopicOf(key);
  const corrected = createCorrectedClock(options.clock);
  const clock: Clock = { now: corrected.now, schedule: options.clock.schedule };
  const environment = (): Environment => ({ now: clock.now(), random: () => random.next() });

  const stored = await storage.load(channelId);
  const { state, changes: freshChanges } = restore(identity, stored, environment());
  const bodies = createBodyCache(storage, channelId);
  const status = createStatusBoard(currentStatus);
  const commits = createCommitQueue(storage, channelId, onStorageFailure);
  const events = createEventLog({ state, storage, bodies, now: clock.now, initialSeq: state.ledgerSeq });
  const history = createHistoryReader({
    transport,
    contentTopic,
    clock,
    cursor: () => state.historyCursor,
    onFrame: async (frame) => {
      await takeIn(frame, "store");
      if (trailers.isLong()) await trailers.idle();
    },
    onRead: (cursor) => void readUpTo(cursor).catch(ignoreStopped),
  });
  const trailers = createTrailerQueue({
    clock,
    isBusy: () => inboundWaiting > 0,
    addsNothing: ({ claim }) => addsNothing(state, claim),
    apply: (trailer) => void dispatch(inputOf(trailer)).catch(ignoreStopped),
    refuse,
  });
  const refusals = new Map<string, number>();
  const ephemerals = createEphemeralGate();
  const counts = { ephemeral: 0 };
  const requests = requestsOf(state);
  const readListeners = new Set<() => void>();
  let storageProblem = "";
  let closed = false;
  let cancelWake = () => {};
  let cancelCheckpointCheck = () => {};
  let wakePlanned = false;
  let sending: Promise<unknown> = Promise.resolve();
  let composing: Promise<void> = Promise.resolve();
  let inbound: Promise<void> = Promise.resolve();
  let inboundWaiting = 0;

  function currentStatus(): ChannelStatus {
    const health = transport.health();
    return {
      connection: closed ? "closed" : health.kind,
      peers: health.kind === "online" ? health.peers : 0,
      reason: health.kind === "offline" ? health.reason : "",
      waiting: countWaiting(state),
      early: state.embargoed.size,
      clockOffMs: -corrected.correctionMs(),
      storageProblem,
    };
  }

  function onStorageFailure(error: unknown): void {
    stopFor(error instanceof Error ? error.message : "This device could not save the channel.");
  }

  function stopFor(problem: string): void {
    storageProblem = problem;
    cancelWake();
    history.close();
    status.refresh();
  }

  // --- Steps and their effects

  async function dispatch(input: StepInput): Promise<void> {
    if (closed) throw new ChannelError("closed", "The channel is closed.");
    if (storageProblem !== "") throw new ChannelError("storage", storageProblem);
    const effects = stepOrStop(input);
    planWake();
    await write(effects);
    events.publish(ledgerRowsOf(effects));
    for (const effect of effects) perform(effect);
    if (input.kind === "marked-read") for (const listener of readListeners) listener();
    status.refresh();
  }

  /** A step that throws is our mistake, and may have changed half of the state: stop, and boot from what is written. */
  function stepOrStop(input: StepInput): Effect[] {
    try {
      return step(state, input, environment());
    } catch (error) {
      stopFor("Hearback made a mistake in this channel and stopped it. Reload: everything accepted is saved.");
      throw error;
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
        void publishContent(effect.id, effect.attempt);
        return;
      case "repair":
        void publishRepair(effect.id);
        return;
      case "compose-anew":
        composeAnew(effect.ids, effect.voided);
        return;
      case "send-sync":
        void publishSync(effect.sync);
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
      if (closed || storageProblem !== "") return;
      const now = clock.now();
      const delay = Math.min(MAX_WAKE_DELAY_MS, Math.max(0, nextWakeAt(state, now) - now));
      cancelWake = clock.schedule(delay, () => void dispatch({ kind: "wake" }).catch(ignoreStopped));
    });
  }

  // --- Out

  async function publish(bytes: Uint8Array, ephemeral: boolean): Promise<Uint8Array> {
    const payload = await encryptPayload(key, bytes);
    const { hash } = await transport.publish({ contentTopic, payload, version: 1, ephemeral, timestamp: clock.now() });
    return hash;
  }

  async function publishContent(id: MessageId, attempt: number): Promise<void> {
    const outcome = await attemptOutcome(id);
    await dispatch({ kind: "attempt-result", id, attempt, outcome }).catch(ignoreStopped);
  }

  async function attemptOutcome(id: MessageId): Promise<Extract<StepInput, { kind: "attempt-result" }>["outcome"]> {
    try {
      const bytes = await bodies.bytes(id);
      if (bytes === null) return { ok: false, reason: "Its text is no longer on this device.", retryable: false };
      return { ok: true, hint: await publish(bytes, false) };
    } catch (error) {
      const retryable = error instanceof TransportError ? error.retryable || error.code === "closed" : true;
      return { ok: false, reason: error instanceof Error ? error.message : "The network did not take it.", retryable };
    }
  }

  async function publishSync(draft: Extract<Effect, { kind: "send-sync" }>["sync"]): Promise<void> {
    try {
      const hash = await publish(await composeSync({ channelId, self, signer }, draft), !draft.checkpoint);
      if (draft.checkpoint) reportCheckpoint(hash);
    } catch {
      // A lost sync is covered by the next one; while offline the next one is the hello after the reconnect.
    }
  }

  /** A checkpoint is for those who come later: only what the Store gives back will reach them. */
  function reportCheckpoint(hash: Uint8Array): void {
    cancelCheckpointCheck();
    cancelCheckpointCheck = clock.schedule(CHECKPOINT_CHECK_MS, () => {
      history.isKept(hash).then(
        (kept) => dispatch({ kind: "checkpoint-result", kept }).catch(ignoreStopped),
        () => dispatch({ kind: "checkpoint-result", kept: false }).catch(ignoreStopped),
      );
    });
  }

  async function publishRepair(id: MessageId): Promise<void> {
    try {
      const bytes = await bodies.bytes(id);
      if (bytes !== null) await publish(bytes, false);
    } catch {
      // Whoever misses it asks again.
    }
  }

  async function send(request: SendRequest): Promise<{ readonly id: MessageId }> {
    checkRequestId(request.requestId);
    const known = requests.get(request.requestId);
    if (known !== undefined) return known;
    const body = encodeText(request.text);
    // One at a time: the next message names this one as its cause, and sequence numbers stay without gaps.
    const accepted = sending.then(() => accept(request, body));
    sending = accepted.catch(() => {});
    requests.set(request.requestId, accepted);
    // A refused request was not sent, so asking again is a new try.
    accepted.catch(() => requests.delete(request.requestId));
    return accepted;
  }

  async function accept(request: SendRequest, body: Uint8Array): Promise<{ readonly id: MessageId }> {
    // A clock that was set back is noticed by a step; what is prepared before that would be dated as wrongly as the clock was.
    if (isEmbargoed(state.lamport, clock.now())) await dispatch({ kind: "wake" });
    const env = environment();
    const author = { channelId, self, signer };
    const type = MESSAGE_TYPE[request.type];
    const content = await composeContent(author, prepare(state, env), type, body, env.now);
    await dispatch({ kind: "composed", content, requestId: request.requestId }).catch(asStorageError);
    return { id: content.id };
  }

  /** Waits its turn among sends: what is said next builds on what comes out of this. */
  function composeAnew(ids: readonly MessageId[], voided: MessageId | null): void {
    composing = sending.then(async () => {
      const contents = await readAndCompose(ids, voided).catch(() => []);
      // Asking again for what was sent under the same name still sends nothing twice.
      for (const [index, { id }] of contents.entries()) {
        const requestId = state.outbox.get(ids[index] ?? id)?.requestId ?? "";
        if (requestId !== "") requests.set(requestId, Promise.resolve({ id }));
      }
      await dispatch({ kind: "composed-anew", ids, contents });
      if (contents.length === 0) throw new ChannelError("internal", "The message could not be taken back. Try again.");
    });
    sending = composing.catch(ignoreStopped);
  }

  async function readAndCompose(ids: readonly MessageId[], voided: MessageId | null): Promise<IncomingContent[]> {
    const author = { channelId, self, signer };
    const done: IncomingContent[] = [];
    for (const id of ids) {
      const said = await bodies.said(id);
      const env = environment();
      const preparation = prepareAnew(state, env, ids, done);
      if (preparation === null || said === null) return [];
      const { type, body } = id === voided ? VOID : said;
      // When it was written stays true, unless a wrong clock said so.
      const composedAt = Math.min(said.composedAt, env.now);
      done.push(await composeContent(author, preparation, type, body, composedAt));
    }
    return done;
  }

  /** One after the other, and what has to be composed anew is done when it resolves. */
  async function takeBack(kind: "withdraw" | "stop-sending", id: MessageId): Promise<void> {
    await composing.catch(ignoreStopped);
    await dispatch({ kind, id });
    await composing;
  }

  // --- In

  function onLiveFrame(frame: InboundFrame): void {
    if (inboundWaiting >= MAX_INBOUND) refuse("inbound-full");
    else takeIn(frame, "live").catch(ignoreStopped);
  }

  /** Frames are taken in one after the other, in the order in which they came. */
  function takeIn(frame: InboundFrame, source: Source): Promise<void> {
    inboundWaiting++;
    const taken = inbound.then(() => takeInNow(frame, source));
    inbound = taken.catch(() => {}).then(() => void inboundWaiting--);
    return taken;
  }

  async function takeInNow(frame: InboundFrame, source: Source): Promise<void> {
    if (closed) return;
    const bytes = await decryptPayload(key, frame.payload);
    if (bytes === null) return refuse("undecryptable");
    const { profile } = identity;
    const incoming = readIncoming(bytes, source, frame.hash, { channelId, profile, held: heldPlace });
    switch (incoming.kind) {
      case "refused":
        return refuse(incoming.reason);
      case "sync":
        return trailers.add(source === "live" ? withClock(incoming.trailer, frame) : incoming.trailer);
      case "ephemeral":
        return takeEphemeral(incoming.message);
      case "copy":
        return takeCopy(incoming, bytes, source, frame.hash);
      case "input":
        // Not awaited: receives are committed in groups.
        dispatch(incoming.input).catch(ignoreStopped);
        if (incoming.trailer !== null) trailers.add(incoming.trailer);
    }
  }

  function heldPlace(id: MessageId): CopyPlace | undefined {
    const entry = state.entries.get(id);
    return entry === undefined ? undefined : placeOf(entry);
  }

  /** At once, and to nobody else: no order, no acks, no log. */
  function takeEphemeral(message: EphemeralView): void {
    if (message.author === self) return;
    const verdict = ephemerals.judge(message, clock.now());
    if (verdict === "old") refuse("ephemeral-old");
    if (verdict !== "new") return;
    counts.ephemeral++;
    callSafely(() => options.onEphemeral?.(message));
  }

  /** The same message once more: a copy with other bytes counts only if all its signatures hold. */
  async function takeCopy(
    { id, trailer }: Extract<Incoming, { kind: "copy" }>,
    bytes: Uint8Array,
    source: Source,
    hint: Uint8Array,
  ): Promise<void> {
    const compared = isCopyWorthComparing(state, id, source, trailer !== null);
    const stored = compared ? await bodies.bytes(id) : null;
    const whole = stored !== null && equalBytes(stored, bytes);
    dispatch({ kind: "seen-again", id, source, hint, whole }).catch(ignoreStopped);
    if (stored !== null && !whole && trailer !== null) trailers.add(trailer);
  }

  /** What was read counts as read when what its senders say of themselves is on its way to the disk as well. */
  async function readUpTo(cursor: number): Promise<void> {
    await trailers.idle();
    await dispatch({ kind: "history-read", cursor });
  }

  function withClock(trailer: Trailer, frame: InboundFrame): Trailer {
    const verify = () => {
      const problem = trailer.verify();
      if (problem === null) hearClock(trailer.claim, frame);
      return problem;
    };
    return { ...trailer, verify };
  }

  /** A sync reserved a block of timestamps after a restart and may be ahead of its sender's clock; its frame is not. */
  function hearClock({ sender, signed, lamport }: IncomingClaim, { timestamp }: InboundFrame): void {
    if (!signed || sender === self) return;
    const byMs = corrected.hear(sender, Math.min(lamport, timestamp ?? lamport));
    if (byMs !== 0) dispatch({ kind: "clock-corrected", byMs }).catch(ignoreStopped);
  }

  // --- Life

  function onHealth(): void {
    const online = transport.health().kind === "online";
    if (online !== state.connection.online) {
      dispatch({ kind: "connection", online }).catch(ignoreStopped);
      if (online) history.online();
      else history.offline();
    }
    status.refresh();
  }

  await commits.commit(freshChanges, "strict");
  const unsubscribe = transport.subscribe(contentTopic, onLiveFrame);
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
    send,
    remove: (id) => takeBack("withdraw", id),
    stopSending: (id) => takeBack("stop-sending", id),
    dispatch,
    onRead: (listener) => readListeners.add(listener),
    close: async () => {
      if (closed) return;
      closed = true;
      unsubscribe();
      stopWatching();
      history.close();
      cancelWake();
      cancelCheckpointCheck();
      trailers.close();
      await commits.idle();
      status.refresh();
      events.close();
    },
  };
}

function ledgerRowsOf(effects: readonly Effect[]): LedgerRow[] {
  const [first] = effects;
  if (first?.kind !== "commit") return [];
  return first.changes.flatMap((change: Change) =>
    change.op === "put" && change.table === "ledger" ? [change.record] : [],
  );
}

/** Sends that were accepted before a restart: asking for them again sends nothing. */
function requestsOf(state: ChannelState): Map<string, Promise<{ readonly id: MessageId }>> {
  const requests = new Map<string, Promise<{ readonly id: MessageId }>>();
  for (const { requestId, entry } of state.outbox.values()) {
    if (requestId !== "") requests.set(requestId, Promise.resolve({ id: entry.id }));
  }
  return requests;
}

function asStorageError(error: unknown): never {
  if (error instanceof ChannelError) throw error;
  const detail = error instanceof Error ? ` ${error.message}` : "";
  throw new ChannelError("storage", `This device could not save the message, so it was not sent.${detail}`, {
    cause: error,
  });
}

/** The channel was closed or its storage failed meanwhile; whoever needs to know was told by the status. */
function ignoreStopped(): void {}

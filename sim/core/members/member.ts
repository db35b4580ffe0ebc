import { MAX_CLOCK_CORRECTION_MS } from "../../../src/channel/api/limits.ts";
import { type ChannelClock, createChannelClock } from "../../../src/channel/receiving/channel-clock.ts";
import type { Random } from "../../../src/runtime/port.ts";
import type { ChannelState } from "../../../src/sds/channel-state.ts";
import { checkRows, type StateWatch, watchState } from "../../../src/sds/checks/watch-state.ts";
import { isAhead } from "../../../src/sds/clock/lamport-clock.ts";
import { prepareAnew } from "../../../src/sds/compose/compose-anew.ts";
import type { Effect, SyncDraft } from "../../../src/sds/io/effect.ts";
import type { Environment } from "../../../src/sds/io/step-context.ts";
import type { IncomingClaim, IncomingContent, Source, StepInput } from "../../../src/sds/io/step-input.ts";
import { MESSAGE_TYPE } from "../../../src/sds/parameters/message-type.ts";
import { addsNothing } from "../../../src/sds/receive/receive-claim.ts";
import { restore } from "../../../src/sds/restore.ts";
import { nextWakeAt } from "../../../src/sds/schedules.ts";
import { prepare, step } from "../../../src/sds/step.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";
import {
  type ContentFields,
  type Decoded,
  decodeFrame,
  encodeContent,
  encodeSync,
  type Frame,
  type Speaker,
} from "../network/frame.ts";
import { short } from "../report/trace.ts";
import { check, Violation } from "../report/violation.ts";
import { CommitLine } from "./commit-line.ts";
import { SimDisk } from "./disk.ts";
import { HistoryReading } from "./history.ts";
import type { LocalClock } from "./local-clock.ts";
import type { SimParticipant } from "./participant.ts";
import { SlowIntake } from "./slow-intake.ts";
import type { Surroundings } from "./surroundings.ts";

/** The channel never sleeps longer, so that a clock that was set is noticed soon. */
const MAX_WAKE_DELAY_MS = 60_000;
const CHECKPOINT_CHECK_MS = 3_000;
const LONGEST_THOUGHT_MS = 5 * 60_000;
/** Trailers are verified so much later at most. */
const MOST_BEHIND_MS = 500;
const ITEMS_A_STEP = 32;
/** Wakes without time passing: something plans itself for ever. */
const MAX_WAKES_AT_ONCE = 2_000;

/** One honest participant: the real protocol, run as the channel runs it, on a disk, a clock and a network of ours. */
export class Member implements SimParticipant {
  readonly index: number;
  readonly speaker: Speaker;
  readonly disk = new SimDisk();
  readonly clock: LocalClock;
  readonly #random: Random;
  readonly #world: Surroundings;
  #line: CommitLine | null = null;
  #history: HistoryReading | null = null;
  /** Of the process that runs now, if the member is busy. */
  #intake: SlowIntake | null = null;
  #incarnation = 0;
  #cancelWake = (): void => {};
  #cancelCheckpoint = (): void => {};
  #channelClock: ChannelClock;
  /** Cancels the answer that somebody is about to give. */
  #person: (() => void) | null = null;
  #wakesAtOnce = 0;
  #wokeAt = -1;
  /** Has a network. Kept over restarts. */
  online = false;
  #state: ChannelState | null = null;
  #watch: StateWatch | null = null;
  readonly refusals = new Map<string, number>();

  constructor(index: number, speaker: Speaker, clock: LocalClock, random: Random, world: Surroundings) {
    this.index = index;
    this.speaker = speaker;
    this.clock = clock;
    this.#random = random;
    this.#world = world;
    this.#channelClock = this.#bootClock(0);
  }

  get running(): boolean {
    return this.#state !== null;
  }

  /** Of the process that runs now. */
  get state(): ChannelState {
    if (this.#state === null) throw new Error(`Member ${this.index} is not running.`);
    return this.#state;
  }

  now(): number {
    return this.#channelClock.now();
  }

  #deviceNow(): number {
    return this.clock.at(this.#world.epoch, this.#world.now());
  }

  #bootClock(correctionMs: number): ChannelClock {
    const schedule = (ms: number, run: () => void): (() => void) => this.#after(ms, run);
    return createChannelClock({ now: () => this.#deviceNow(), schedule }, correctionMs);
  }

  start(): void {
    if (this.#state !== null) return;
    const world = this.#world;
    const { channelId, self, publicKey } = this.speaker;
    const identity = { channelId, self, publicKey, profile: world.profile, parameters: world.parameters };
    const disk = this.disk.load();
    const stored = world.mutation?.load?.(disk, this) ?? disk;
    this.#channelClock = this.#bootClock(stored.meta.clockCorrectionMs ?? 0);
    this.#person = null;
    const { state, changes } = restore(identity, stored, this.#env());
    this.#state = state;
    this.#watch = watchState(state);
    this.#incarnation++;
    this.#intake = world.intakeMs(this) === 0 ? null : this.#slowIntake(world.intakeMs(this));
    this.#line = new CommitLine(
      this.disk,
      () => this.#syncMs(),
      (ms, run) => void this.#after(ms, run),
    );
    this.#line.add(changes, "strict", () => {});
    this.#history = this.#readHistory();
    world.trace.note(world.now(), this.index, "boot", `${state.log.order.size}`);
    world.mutation?.afterBoot?.(this);
    world.observer.booted(this);
    world.watcher?.booted(this);
    if (this.online) this.#connect(true);
    world.changed(this);
  }

  /** A kill, or with `keep` a power cut that leaves only the first so many of the commits that were not synced. */
  kill(keep: number | null, lands: boolean): void {
    if (this.#state === null) return;
    const world = this.#world;
    this.#line?.kill(lands);
    this.#history?.offline();
    this.#cancelWake();
    this.#cancelCheckpoint();
    this.#state = null;
    this.#line = null;
    this.#intake = null;
    this.#incarnation++;
    if (keep !== null) this.disk.crash(keep);
    const how = keep === null ? "kill" : "power-cut";
    world.trace.note(world.now(), this.index, how, `${keep ?? ""} ${lands}`);
    world.watcher?.stopped(this, how);
  }

  setOnline(online: boolean): void {
    if (this.online === online) return;
    this.online = online;
    this.#world.trace.note(this.#world.now(), this.index, online ? "online" : "offline");
    if (this.running) this.#connect(online);
  }

  say(body: Uint8Array, type: number, wish: { requestId: string; levelPercent: number | undefined }): void {
    if (!this.running) return;
    const { mutation, observer, trace, watcher } = this.#world;
    if (isAhead(this.state.clock.lamport, this.now())) this.dispatch({ kind: "wake" });
    const composedAt = this.now();
    const fields: ContentFields = { ...prepare(this.state, this.#env()), type, composedAt, body };
    const content = this.#encode(mutation?.compose?.(fields, this) ?? fields);
    observer.composed(this, content, wish.requestId);
    watcher?.composed(this, content, null);
    trace.note(this.#world.now(), this.index, "say", `${short(content.id)} #${content.authorSeq} ${content.lamport}`);
    this.#channelClock.said(content.id);
    this.dispatch({ kind: "composed", content, ...wish });
  }

  /** A frame came from the network, or out of the Store. */
  take(frame: Frame, source: Source): void {
    if (source === "live" && this.#intake !== null) this.#intake.add(frame);
    else this.#takeNow(frame, source, this.#deviceNow());
  }

  /** How far the intake is behind, in milliseconds. */
  lagMs(): number {
    return this.#intake?.lagMs() ?? 0;
  }

  #slowIntake(longestMs: number): SlowIntake {
    return new SlowIntake({
      now: () => this.#deviceNow(),
      takesMs: () => Math.ceil(longestMs * this.#random.next()),
      after: (ms, run) => void this.#after(ms, run),
      take: (frame, arrivedAt) => this.#takeNow(frame, "live", arrivedAt),
    });
  }

  #takeNow(frame: Frame, source: Source, arrivedAt: number): void {
    if (!this.running) return;
    const { mutation, watcher } = this.#world;
    watcher?.arrives(this, frame, source);
    const decoded = decodeFrame(frame.bytes);
    if (typeof decoded === "string") {
      watcher?.refused(this, frame, decoded);
      this.#refuse(decoded);
      return;
    }
    if (frame.forged && mutation?.acceptsForged !== true) {
      watcher?.refused(this, frame, "bad-signature");
      this.#refuse("bad-signature");
      return;
    }
    const inputs = mutation?.receive?.(this, decoded, frame, source);
    if (inputs === undefined || inputs === null) this.#takeAsTheChannelDoes(decoded, frame, source, arrivedAt);
    else for (const input of inputs) this.dispatch(input);
  }

  #hearClock({ sender, lamport, listed }: IncomingClaim, arrivedAt: number): void {
    if (sender === this.speaker.self) return;
    const named = listed.map(({ messageId }) => messageId);
    this.#channelClock.hear({ signer: sender, signedAt: lamport, arrivedAt, named });
    this.#askPerson();
  }

  /** Somebody looks at the screen now and then, and answers the question about the clock once. */
  #askPerson(): void {
    if (this.#person !== null || this.#channelClock.suggestedMs() === null) return;
    this.#person = this.#after(Math.floor(this.#random.next() * LONGEST_THOUGHT_MS), () => {
      this.#person = null;
      const suggestedMs = this.#channelClock.suggestedMs();
      if (suggestedMs === null) return;
      const agrees = this.#random.next() < this.#world.clockYes && Math.abs(suggestedMs) <= MAX_CLOCK_CORRECTION_MS;
      const correctionMs = agrees ? suggestedMs : this.#random.next() < 0.5 ? 0 : this.#channelClock.correctionMs();
      this.#channelClock.correct(correctionMs);
      this.#world.observer.answered(this, agrees, correctionMs);
      this.dispatch({ kind: "clock-corrected", correctionMs });
    });
  }

  /** What the sender says of itself comes a little behind what the author said, unless nobody needs it. */
  #takeAsTheChannelDoes(decoded: Decoded, frame: Frame, source: Source, arrivedAt: number): void {
    const { claim } = decoded;
    const isHeld = decoded.kind === "content" && this.state.log.entries.has(decoded.content.id);
    const isCopy = isHeld && this.#isOtherCopy(decoded.content.id, frame);
    if (decoded.kind === "content") this.dispatch(this.#contentInput(decoded.content, isCopy, frame, source));
    // The same bytes once more say nothing new.
    if (claim === null || (isHeld && !isCopy)) return;
    const takeClaim = (): void => {
      if (!isCopy && addsNothing(this.state, claim)) return;
      if (decoded.kind === "sync") {
        if (source === "live") this.#hearClock(claim, arrivedAt);
        this.dispatch({ kind: "receive-sync", claim, source, waitedMs: this.#deviceNow() - arrivedAt });
      } else
        this.dispatch({
          kind: "receive-claim",
          id: decoded.content.id,
          claim,
          copy: isCopy ? frame.bytes : null,
          source,
        });
    };
    // The channel counts a page of the Store as read only when its claims are taken in as well.
    if (source === "store") takeClaim();
    else this.#after(Math.floor(this.#world.random.next() * MOST_BEHIND_MS), takeClaim);
  }

  #body(id: MessageId): Uint8Array | null {
    return this.#line === null ? this.disk.body(id) : this.#line.body(id);
  }

  #isOtherCopy(id: MessageId, frame: Frame): boolean {
    const stored = this.#body(id);
    return stored !== null && !sameBytes(stored, frame.bytes);
  }

  #contentInput(content: IncomingContent, isCopy: boolean, frame: Frame, source: Source): StepInput {
    const { id } = content;
    if (!this.state.log.entries.has(id))
      return { kind: "receive-content", content, claim: null, source, hint: frame.hash };
    return { kind: "seen-again", id, whole: !isCopy, source, hint: frame.hash };
  }

  dispatch(given: StepInput): void {
    if (this.#state === null) return;
    const { mutation, observer, watcher } = this.#world;
    const input = mutation?.input === undefined ? given : mutation.input(this, given);
    if (input === null) return;
    this.#channelClock.notice();
    observer.stepping(this);
    watcher?.stepping(this);
    const produced = this.#step(input);
    const effects =
      mutation?.effect === undefined ? produced : produced.flatMap((one) => mutation.effect?.(this, one) ?? []);
    mutation?.afterStep?.(this, input);
    this.#checkState(input);
    this.#trace(input, effects);
    observer.stepped(this, input, effects);
    watcher?.stepped(this, input, effects);
    // What the Store gives back is mostly known; it plans nothing anew.
    if (input.kind === "seen-again" && input.source === "store" && effects.length === 0) return;
    const [first] = effects;
    if (first?.kind === "commit") {
      this.#line?.add(first.changes, first.durability, () => this.#performAll(input, effects));
    } else this.#performAll(input, effects);
    this.#world.changed(this);
  }

  #performAll(input: StepInput, effects: readonly Effect[]): void {
    const { observer, watcher } = this.#world;
    const accepted = input.kind === "composed" ? [input.content] : input.kind === "composed-anew" ? input.contents : [];
    for (const { id } of accepted) {
      observer.accepted(this, id);
      watcher?.accepted(this, id);
    }
    if (input.kind === "clock-corrected") observer.clockKept(this, input.correctionMs);
    for (const effect of effects) this.#perform(effect);
  }

  /** Sets the timer to the next time that something is planned. */
  planWake(): void {
    this.#cancelWake();
    if (this.#state === null) return;
    const { mutation, observer } = this.#world;
    observer.planned(this);
    const now = this.now();
    const wakeAt = mutation?.wakeAt?.(this.#state, now) ?? nextWakeAt(this.#state, now);
    const delay = Math.min(MAX_WAKE_DELAY_MS, Math.max(0, Math.ceil(wakeAt - now)));
    this.#cancelWake = this.#after(delay, () => {
      this.#guardAgainstLoops();
      this.dispatch({ kind: "wake" });
    });
  }

  #step(input: StepInput): Effect[] {
    try {
      const seqBefore = this.state.ledger.seq;
      const effects = step(this.state, input, this.#env());
      const finding = checkRows(this.state, effects, seqBefore);
      check(finding === null, "state fits together", () => `member ${this.index}, after ${input.kind}: ${finding}`);
      return effects;
    } catch (error) {
      if (error instanceof Violation) throw error;
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Violation("step never throws", `member ${this.index}, ${input.kind}: ${detail}`);
    }
  }

  /** One check after each step: in a world of some thousand steps each has its turn many times. */
  #checkState(input: StepInput): void {
    const finding = this.#watch?.next(this.now(), ITEMS_A_STEP) ?? null;
    check(finding === null, "state fits together", () => `member ${this.index}, after ${input.kind}: ${finding}`);
  }

  #guardAgainstLoops(): void {
    const now = this.#world.now();
    this.#wakesAtOnce = now === this.#wokeAt ? this.#wakesAtOnce + 1 : 0;
    this.#wokeAt = now;
    if (this.#wakesAtOnce > MAX_WAKES_AT_ONCE) {
      throw new Violation("quiescence", `member ${this.index} is woken without end at ${now}`);
    }
  }

  /** What the protocol prepares has a form: each cause is older than the message, and so on. */
  #encode(fields: ContentFields): IncomingContent {
    try {
      return encodeContent(this.speaker, fields);
    } catch (error) {
      throw new Violation("what is prepared can be written", `member ${this.index}: ${String(error)}`);
    }
  }

  #env(): Environment {
    return { now: this.now(), intakeLagMs: this.lagMs(), random: () => this.#random.next() };
  }

  #syncMs(): number {
    return Math.floor(this.#random.next() * this.#world.syncMs);
  }

  /** A timer that dies with the process. */
  #after(ms: number, run: () => void): () => void {
    const incarnation = this.#incarnation;
    return this.#world.after(ms, () => {
      if (this.#incarnation === incarnation) run();
    });
  }

  #connect(online: boolean): void {
    this.dispatch({ kind: "connection", online });
    if (online) this.#history?.online();
    else this.#history?.offline();
  }

  #refuse(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  #readHistory(): HistoryReading {
    const world = this.#world;
    return new HistoryReading({
      archive: world.archive,
      now: () => this.now(),
      trueNow: () => world.now(),
      reaches: () => this.online && world.reachesArchive(this),
      latency: () => 20 + Math.floor(world.random.next() * 300),
      after: (ms, run) => this.#after(ms, run),
      cursor: () => this.state.receive.historyCursor,
      onFrame: (frame) => this.take(frame, "store"),
      onRead: (cursor) => this.dispatch({ kind: "history-read", source: "", cursor }),
    });
  }

  #perform(effect: Effect): void {
    if (this.#state === null) return;
    switch (effect.kind) {
      case "commit":
        return;
      case "send":
        this.#send(effect.id, effect.attempt);
        return;
      case "repair":
        this.#repair(effect.id);
        return;
      case "compose-anew":
        this.#after(Math.floor(this.#random.next() * 60), () => this.#composeAnew(effect.ids, effect.voided));
        return;
      case "send-sync":
        this.#sendSync(effect.sync);
        return;
      case "fetch":
        this.#history?.fetch(effect.wanted);
        return;
      case "reject":
        this.#refuse(effect.reason);
        return;
    }
  }

  #send(id: MessageId, attempt: number): void {
    const { random, publishFailure, observer } = this.#world;
    const bytes = this.#body(id);
    const fails = random.next() < publishFailure;
    if (fails) observer.failed();
    // A failure that is told may be an answer that was lost: the bytes left all the same.
    const leaves = !fails || random.next() < 0.5;
    const traffic = attempt === 1 ? "content" : "resend";
    const frame = bytes !== null && leaves ? this.#world.publish(this, traffic, bytes, false) : null;
    if (frame !== null && !fails) observer.taken(this, id);
    this.#after(20 + Math.floor(random.next() * 280), () => {
      const outcome =
        frame !== null && !fails
          ? ({ ok: true, hint: frame.hash } as const)
          : ({ ok: false, reason: "offline", retryable: true } as const);
      this.dispatch({ kind: "attempt-result", id, attempt, outcome });
    });
  }

  /** As the channel does, signing aside. */
  #composeAnew(ids: readonly MessageId[], voided: MessageId | null): void {
    const { observer, trace, watcher } = this.#world;
    const done: IncomingContent[] = [];
    for (const id of ids) {
      const preparation = prepareAnew(this.state, this.#env(), ids, done);
      const said = decodeFrame(this.#body(id) ?? new Uint8Array());
      if (preparation === null || typeof said === "string" || said.kind === "sync") {
        this.dispatch({ kind: "composed-anew", ids, contents: [] });
        return;
      }
      const type = id === voided ? MESSAGE_TYPE.void : said.content.type;
      const composedAt = Math.min(said.content.composedAt, this.now());
      const body = new TextEncoder().encode(`again ${id}`);
      const content = this.#encode({ ...preparation, type, composedAt, body });
      observer.composed(this, content, this.state.outbox.items.get(id)?.requestId ?? "");
      watcher?.composed(this, content, id);
      trace.note(this.#world.now(), this.index, "anew", `${short(id)} ${short(content.id)} #${content.authorSeq}`);
      this.#channelClock.said(content.id);
      done.push(content);
    }
    this.dispatch({ kind: "composed-anew", ids, contents: done });
  }

  #repair(id: MessageId): void {
    const bytes = this.#body(id);
    if (bytes === null) throw new Violation("repairs what it has", `member ${this.index} has no body of ${id}`);
    this.#world.publish(this, "repair", bytes, false);
  }

  #sendSync(draft: SyncDraft): void {
    const traffic = draft.checkpoint ? "checkpoint" : "sync";
    const frame = this.#world.publish(this, traffic, encodeSync(this.speaker, draft), !draft.checkpoint);
    // As in the channel: a sync that did not leave is no checkpoint, and nothing is reported.
    if (!draft.checkpoint || frame === null) return;
    this.#cancelCheckpoint();
    this.#cancelCheckpoint = this.#after(CHECKPOINT_CHECK_MS, () => {
      const { archive } = this.#world;
      const kept =
        this.online && this.#world.reachesArchive(this) && archive.withHash(frame.hash, this.#world.now()) !== null;
      this.dispatch({ kind: "checkpoint-result", kept });
    });
  }

  #trace(input: StepInput, effects: readonly Effect[]): void {
    const { trace } = this.#world;
    const at = this.#world.now();
    switch (input.kind) {
      case "receive-content":
        trace.note(at, this.index, "receive", `${short(input.content.id)} ${input.source}`);
        break;
      case "receive-sync":
        trace.note(
          at,
          this.index,
          "hear",
          `${input.claim.sender.slice(2, 8)} ${input.claim.lamport} ${input.claim.listed.length}`,
        );
        break;
      case "seen-again":
      case "wake":
        if (effects.length > 0) trace.note(at, this.index, input.kind);
        break;
      default:
        trace.note(at, this.index, input.kind);
    }
    for (const effect of effects) {
      if (effect.kind === "commit") {
        for (const change of effect.changes) {
          if (change.op !== "put" || change.table !== "ledger") continue;
          const { kind, ids } = change.record;
          trace.note(at, this.index, `  ${kind}`, ids.map(short).join(" "));
        }
      } else trace.note(at, this.index, `  ${effect.kind}`);
    }
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || Buffer.compare(a, b) === 0;
}

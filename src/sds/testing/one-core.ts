import type { ChannelState } from "../channel-state.ts";
import { prepareAnew } from "../compose/compose-anew.ts";
import type { Effect } from "../io/effect.ts";
import type { ParentReference } from "../io/records.ts";
import type { Environment } from "../io/step-context.ts";
import type { IncomingClaim, IncomingContent, Source, StepInput } from "../io/step-input.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { CHANNEL_PARAMETER_DEFAULTS, type ChannelParameters } from "../parameters/parameters.ts";
import { restore } from "../restore.ts";
import { nextWakeAt } from "../schedules.ts";
import { prepare } from "../step.ts";
import { asChannelId, asMessageId, asParticipantId, type MessageId } from "../wire/ids.ts";
import { checkedStep } from "./checked-step.ts";
import { createStoredTables } from "./stored-tables.ts";

const START = 1_760_000_000_000;

/** One participant, told by hand what happens to it; for tests of single rules. Others are names. */
export class OneCore {
  now = START;
  readonly tables = createStoredTables();
  /** All effects but commits, since the last `take`. */
  effects: Effect[] = [];
  state: ChannelState;
  /** How far the intake is behind. */
  lagMs = 0;
  readonly #parameters: ChannelParameters;
  readonly #profile: "community" | "sds";
  #random = 0.5;
  #said = 0;

  constructor(parameters: Partial<ChannelParameters> = {}, profile: "community" | "sds" = "community") {
    this.#profile = profile;
    this.#parameters = { ...CHANNEL_PARAMETER_DEFAULTS, ...parameters };
    this.state = this.#boot();
  }

  /**
   * The process dies and starts again, with the clock where it is. Of more than `maxHistory` messages the oldest are
   * forgotten; it dies again after the first so many `deletions`, if that is said.
   */
  restart(maxHistory?: number, deletions = Number.POSITIVE_INFINITY): void {
    this.state = this.#boot(maxHistory, deletions);
  }

  step(input: StepInput): void {
    for (const effect of checkedStep(this.state, input, this.#env())) {
      if (effect.kind === "commit") this.tables.apply(effect.changes);
      else this.effects.push(effect);
    }
  }

  /** What was asked for since the last time, of one kind. */
  take<K extends Effect["kind"]>(kind: K): Extract<Effect, { kind: K }>[] {
    const taken = this.effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind);
    this.effects = this.effects.filter((effect) => effect.kind !== kind);
    return taken;
  }

  online(online = true): void {
    this.step({ kind: "connection", online });
  }

  /** Lets time pass, with all the wakes that were asked for. */
  wait(ms: number): void {
    const end = this.now + ms;
    for (let wakes = 0; wakes < 100_000; wakes++) {
      const at = nextWakeAt(this.state, this.now);
      if (at > end) break;
      this.now = Math.max(this.now, Math.ceil(at));
      this.step({ kind: "wake" });
    }
    this.now = end;
  }

  /** An own message. */
  say(
    text: string,
    { type = MESSAGE_TYPE.chat, levelPercent }: { type?: number; levelPercent?: number } = {},
  ): MessageId {
    const preparation = prepare(this.state, this.#env());
    const id = asMessageId(`own-${++this.#said}-${text}`);
    const content = { ...this.content(id, "me", preparation), type };
    this.step({ kind: "composed", content, requestId: id, levelPercent });
    return id;
  }

  /** Composes anew what was asked for, as the channel does. `ids` get a stroke behind them. */
  composeAnew(): MessageId[] {
    return this.take("compose-anew").flatMap(({ ids, voided }) => {
      const done: IncomingContent[] = [];
      for (const id of ids) {
        const preparation = prepareAnew(this.state, this.#env(), ids, done);
        if (preparation === null) throw new Error(`${id} is not to be composed anew.`);
        const content = this.content(asMessageId(`${id}'`), "me", preparation);
        done.push(id === voided ? { ...content, type: MESSAGE_TYPE.void } : content);
      }
      this.step({ kind: "composed-anew", ids, contents: done });
      return done.map(({ id }) => id);
    });
  }

  /** The network took what was to be sent. */
  taken(): MessageId[] {
    return this.take("send").map(({ id, attempt }) => {
      this.step({ kind: "attempt-result", id, attempt, outcome: { ok: true, hint: new Uint8Array(32) } });
      return id;
    });
  }

  content(
    id: MessageId,
    sender: string,
    fields: { lamport?: number; parents?: readonly ParentReference[]; authorSeq?: number } = {},
  ): IncomingContent {
    const { lamport = this.now, parents = [], authorSeq = 1 } = fields;
    return {
      ...{ id, lamport, parents, authorSeq, sender: asParticipantId(sender), signed: true },
      publicKey: keyOf(sender),
      type: MESSAGE_TYPE.chat,
      composedAt: lamport,
      bytes: new TextEncoder().encode(id),
      profileName: null,
    };
  }

  /** Somebody's message comes. */
  receive(
    id: string,
    sender: string,
    fields: { lamport?: number; parents?: readonly ParentReference[]; source?: Source; type?: number } = {},
  ): void {
    const content = this.content(asMessageId(id), sender, fields);
    const { source = "live", type = content.type } = fields;
    this.step({ kind: "receive-content", content: { ...content, type }, claim: null, source, hint: undefined });
  }

  /** Somebody's sync comes, and has waited for so long. */
  hear(
    sender: string,
    listed: readonly string[],
    fields: Partial<IncomingClaim> & { source?: Source; waitedMs?: number } = {},
  ): void {
    const { source = "live", waitedMs = 0, ...rest } = fields;
    const claim: IncomingClaim = {
      ...{ sender: asParticipantId(sender), signed: true, publicKey: keyOf(sender), by: "sync", lamport: this.now },
      ...{ completeSince: 0, repairRequests: [], receiptsWantedFrom: null },
      listed: listed.map((id) => ({ messageId: asMessageId(id), retrievalHint: undefined })),
      ...rest,
    };
    this.step({ kind: "receive-sync", claim, source, waitedMs });
  }

  #boot(maxHistory?: number, deleted = 0): ChannelState {
    const identity = {
      channelId: asChannelId("channel"),
      self: asParticipantId("me"),
      publicKey: keyOf("me"),
      profile: this.#profile,
      parameters: this.#parameters,
    } as const;
    const { state, changes, deletions } = restore(identity, this.tables.load(), this.#env(), { maxHistory });
    this.tables.apply(changes);
    this.tables.apply(deletions.slice(0, deleted));
    return state;
  }

  #env(): Environment {
    return { now: this.now, intakeLagMs: this.lagMs, random: () => this.#nextRandom() };
  }

  /** Evenly spread, the same in every run. */
  #nextRandom(): number {
    this.#random = (this.#random + 0.618_033_988_749_895) % 1;
    return this.#random;
  }
}

function keyOf(sender: string): Uint8Array {
  return new TextEncoder().encode(sender);
}

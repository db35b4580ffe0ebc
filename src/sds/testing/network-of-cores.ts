import type { ChannelState } from "../channel-state.ts";
import type { Effect, SyncDraft } from "../io/effect.ts";
import type { ChannelIdentity, Environment } from "../io/step-context.ts";
import type { IncomingClaim, IncomingContent, StepInput } from "../io/step-input.ts";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { CHANNEL_PARAMETER_DEFAULTS, type ChannelParameters } from "../parameters/parameters.ts";
import { restore } from "../restore.ts";
import { nextWakeAt } from "../schedules.ts";
import { prepare } from "../step.ts";
import { asChannelId, asMessageId, asParticipantId, type MessageId } from "../wire/ids.ts";
import { checkedStep } from "./checked-step.ts";
import { createStoredTables, type StoredTables } from "./stored-tables.ts";

/**
 * Cores that talk to each other on virtual time, with loss, delay, duplication, offline periods and restarts, all from
 * one seed. No bytes and no signatures: what arrives is what was said. The full simulator runs the real codec on top.
 */
export interface NetworkOptions {
  readonly seed: number;
  readonly participants: number;
  /** Chance that one receiver misses one message. */
  readonly loss: number;
  readonly duplication: number;
  readonly latencyMs: readonly [number, number];
  /** A Store keeps what is not ephemeral. */
  readonly store: boolean;
  readonly parameters?: Partial<ChannelParameters>;
}

export interface Core {
  readonly index: number;
  state: ChannelState;
  readonly tables: StoredTables;
  online: boolean;
  /** Bodies in the order of delivery, over all runs. */
  readonly delivered: MessageId[];
}

type Packet =
  | {
      readonly kind: "content";
      readonly content: IncomingContent;
      readonly claim: IncomingClaim;
      readonly hint: Uint8Array;
    }
  | { readonly kind: "sync"; readonly claim: IncomingClaim };

interface Stored {
  readonly at: number;
  readonly packet: Packet;
}

export class NetworkOfCores {
  now = 1_760_000_000_000;
  readonly cores: Core[] = [];
  readonly #options: NetworkOptions;
  readonly #events: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];
  readonly #contents = new Map<MessageId, { content: IncomingContent; claim: IncomingClaim; hint: Uint8Array }>();
  readonly #store: Stored[] = [];
  #order = 0;
  #randomState: number;
  published = 0;
  syncs = 0;
  repairs = 0;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#randomState = options.seed >>> 0;
    for (let index = 0; index < options.participants; index++) {
      const tables = createStoredTables();
      this.cores.push({ index, tables, state: this.#boot(index, tables), online: false, delivered: [] });
    }
  }

  /** Mulberry32. */
  random = (): number => {
    this.#randomState = (this.#randomState + 0x6d2b79f5) >>> 0;
    let mixed = this.#randomState;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  at(delay: number, run: () => void): void {
    this.#events.push({ at: this.now + delay, order: this.#order++, run });
  }

  /** Lets time pass: scheduled events and the cores' own wakes, in time order. */
  run(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      this.#events.sort((a, b) => a.at - b.at || a.order - b.order);
      const wakes = this.cores.map((core) => nextWakeAt(core.state, this.now));
      const wakeAt = Math.min(...wakes);
      const eventAt = this.#events[0]?.at ?? Number.POSITIVE_INFINITY;
      if (Math.min(wakeAt, eventAt) > end) break;
      if (eventAt <= wakeAt) {
        const event = this.#events.shift();
        this.now = Math.max(this.now, eventAt);
        event?.run();
      } else {
        this.now = Math.max(this.now + (wakeAt <= this.now ? 1 : 0), wakeAt);
        const core = this.cores[wakes.indexOf(wakeAt)];
        if (core !== undefined) this.dispatch(core, { kind: "wake" });
      }
    }
    this.now = end;
  }

  say(core: Core, text: string, type: number = MESSAGE_TYPE.chat): MessageId {
    const { authorSeq, lamport, parents, completeSince } = prepare(core.state, this.#env());
    const id = asMessageId(hashOf(`${core.index}/${authorSeq}/${lamport}/${text}`));
    const { self, publicKey } = core.state.identity;
    const content: IncomingContent = {
      ...{ id, lamport, sender: self, signed: true, publicKey, authorSeq, type, composedAt: this.now, parents },
      bytes: new TextEncoder().encode(text),
      profileName: null,
    };
    const listed = parents.map((parent) => ({ messageId: parent.id, retrievalHint: parent.hint }));
    const claim: IncomingClaim = {
      sender: self,
      signed: true,
      publicKey,
      by: "content",
      lamport,
      completeSince,
      listed,
      ...NO_WISHES,
    };
    this.#contents.set(id, { content, claim, hint: hintOf(this.#contents.size) });
    this.dispatch(core, { kind: "composed", content, requestId: id.slice(0, 60) });
    return id;
  }

  setOnline(core: Core, online: boolean): void {
    core.online = online;
    this.dispatch(core, { kind: "connection", online });
    if (online) this.readHistory(core);
  }

  readHistory(core: Core): void {
    const from = core.state.receive.historyCursor - 600_000;
    const startedAt = this.now;
    for (const { at, packet } of [...this.#store]) if (at >= from) this.#deliver(core, packet, "store");
    this.dispatch(core, { kind: "history-read", source: "", cursor: startedAt });
  }

  /** The process dies and starts again from its tables. */
  restart(core: Core): void {
    core.state = this.#boot(core.index, core.tables);
    if (core.online) this.setOnline(core, true);
  }

  dispatch(core: Core, input: StepInput): void {
    for (const effect of checkedStep(core.state, input, this.#env())) this.#perform(core, effect);
  }

  #boot(index: number, tables: StoredTables): ChannelState {
    const identity: ChannelIdentity = {
      channelId: asChannelId("channel"),
      self: asParticipantId(`p${index}`),
      publicKey: Uint8Array.of(index),
      profile: "community",
      parameters: { ...CHANNEL_PARAMETER_DEFAULTS, ...this.#options.parameters },
    };
    const { state, changes } = restore(identity, tables.load(), this.#env());
    tables.apply(changes);
    return state;
  }

  #env(): Environment {
    return { now: this.now, random: this.random };
  }

  #perform(core: Core, effect: Effect): void {
    switch (effect.kind) {
      case "commit":
        core.tables.apply(effect.changes);
        for (const change of effect.changes) {
          if (change.op !== "put" || change.table !== "ledger") continue;
          const { record } = change;
          if (record.kind === "delivered" || record.kind === "accepted") core.delivered.push(...record.ids);
        }
        return;
      case "send":
        this.#send(core, effect.id, effect.attempt);
        return;
      case "repair": {
        const said = this.#contents.get(effect.id);
        if (said === undefined || !core.tables.body.has(effect.id))
          throw new Error(`${core.index} repaired what it lacks`);
        this.repairs++;
        if (core.online) this.#broadcast(core, { kind: "content", ...said }, false);
        return;
      }
      case "send-sync":
        this.#sendSync(core, effect.sync);
        return;
      case "fetch":
        this.at(50, () =>
          this.#fetch(
            core,
            effect.wanted.map((wanted) => wanted.id),
          ),
        );
        return;
      case "reject":
        return;
    }
  }

  #send(core: Core, id: MessageId, attempt: number): void {
    const said = this.#contents.get(id);
    if (said === undefined) throw new Error(`Nobody composed ${id}`);
    const { online } = core;
    if (online) {
      this.published++;
      this.#broadcast(core, { kind: "content", ...said }, false);
    }
    const { state } = core;
    this.at(20, () => {
      // An answer to a process that died reaches nobody.
      if (core.state !== state) return;
      const outcome = online
        ? ({ ok: true, hint: said.hint } as const)
        : ({ ok: false, reason: "offline", retryable: true } as const);
      this.dispatch(core, { kind: "attempt-result", id, attempt, outcome });
    });
  }

  #sendSync(core: Core, draft: SyncDraft): void {
    if (!core.online) return;
    this.syncs++;
    const { self, publicKey } = core.state.identity;
    const claim: IncomingClaim = {
      ...{ sender: self, signed: true, publicKey, by: "sync", lamport: draft.lamport },
      completeSince: draft.completeSince,
      listed: draft.causalHistory,
      repairRequests: draft.repairRequests,
      receiptsWantedFrom: draft.receiptsWantedFrom,
    };
    this.#broadcast(core, { kind: "sync", claim }, !draft.checkpoint);
    if (draft.checkpoint)
      this.at(3_000, () => this.dispatch(core, { kind: "checkpoint-result", kept: this.#options.store }));
  }

  #broadcast(from: Core, packet: Packet, ephemeral: boolean): void {
    if (this.#options.store && !ephemeral) this.#store.push({ at: this.now, packet });
    for (const core of this.cores) {
      if (core === from || this.random() < this.#options.loss) continue;
      const copies = this.random() < this.#options.duplication ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const [min, max] = this.#options.latencyMs;
        this.at(min + this.random() * (max - min), () => core.online && this.#deliver(core, packet, "live"));
      }
    }
  }

  #deliver(core: Core, packet: Packet, source: "live" | "store"): void {
    if (packet.kind === "sync") this.dispatch(core, { kind: "receive-sync", claim: packet.claim, source });
    else this.dispatch(core, { ...packet, kind: "receive-content", source });
  }

  #fetch(core: Core, ids: readonly MessageId[]): void {
    if (!core.online || !this.#options.store) return;
    for (const { packet } of [...this.#store]) {
      if (packet.kind === "content" && ids.includes(packet.content.id)) this.#deliver(core, packet, "store");
    }
  }
}

const NO_WISHES = { repairRequests: [], receiptsWantedFrom: null };

function hintOf(number: number): Uint8Array {
  const hint = new Uint8Array(32);
  new DataView(hint.buffer).setUint32(0, number);
  return hint;
}

/** FNV-1a over two lanes, enough to tell test messages apart. */
function hashOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (const character of text) {
    a = Math.imul(a ^ character.charCodeAt(0), 0x01000193) >>> 0;
    b = Math.imul(b ^ character.charCodeAt(0), 0x85ebca6b) >>> 0;
  }
  return a.toString(16).padStart(8, "0") + b.toString(16).padStart(8, "0");
}

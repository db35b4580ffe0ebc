import { splitTrailer } from "../../src/identity/authors/trailer.ts";
import type { Random } from "../../src/runtime/port.ts";
import { BloomFilter, bloomShape } from "../../src/sds/filter/bloom-filter.ts";
import { bloomOptions } from "../../src/sds/filter/bloom-gate.ts";
import type { ParentReference } from "../../src/sds/io/records.ts";
import type { IncomingContent } from "../../src/sds/io/step-input.ts";
import { MAX_HISTORY_ENTRIES, MAX_REPAIR_REQUESTS } from "../../src/sds/parameters/limits.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../../src/sds/parameters/parameters.ts";
import { specCodec } from "../../src/sds/wire/codec.ts";
import { asMessageId, type MessageId } from "../../src/sds/wire/ids.ts";
import type { ContentMessage, HistoryEntry } from "../../src/sds/wire/message.ts";
import {
  type ContentFields,
  decodeFrame,
  encodeContent,
  encodeSync,
  type Frame,
  type Speaker,
} from "./network/frame.ts";
import type { HostileAct } from "./script/hostile-acts.ts";

export interface HostileWorld {
  readonly random: Random;
  /** True wall time. */
  now(): number;
  /** Sends to those for whom `to` holds. */
  inject(from: number, bytes: Uint8Array, options: InjectOptions): void;
  readonly honest: readonly Speaker[];
}

export interface InjectOptions {
  readonly ephemeral: boolean;
  readonly forged: boolean;
  readonly to?: (member: number) => boolean;
}

/** As in every channel that does not say otherwise. */
const FILTER = bloomOptions(CHANNEL_PARAMETER_DEFAULTS);
const FAKE_IDS = 200;
const FLOOD = 60;
const MAX_SEEN = 400;

/** A member with a valid key who hears everything and says what does most harm. */
export class Hostile {
  readonly index: number;
  readonly speaker: Speaker;
  readonly #world: HostileWorld;
  readonly #frames: Frame[] = [];
  readonly #contents: IncomingContent[] = [];
  readonly #asked: HistoryEntry[] = [];
  #seq = 0;

  constructor(index: number, speaker: Speaker, world: HostileWorld) {
    this.index = index;
    this.speaker = speaker;
    this.#world = world;
  }

  hear(frame: Frame): void {
    // What another liar forged is no signed word that could be said again.
    if (frame.forged) return;
    if (this.#frames.length < MAX_SEEN) this.#frames.push(frame);
    const decoded = decodeFrame(frame.bytes);
    if (typeof decoded === "string") return;
    if (decoded.kind === "content") this.#contents.push(decoded.content);
    this.#asked.push(...(decoded.claim?.repairRequests ?? []));
  }

  act(act: HostileAct): void {
    switch (act) {
      case "fake-ids":
        this.#sync({ listed: Array.from({ length: FAKE_IDS }, () => ({ messageId: this.#fakeId() })) });
        return;
      case "poison":
        this.#say({ lamport: 2 ** 53 - 2 - Math.floor(this.#next() * 1_000) });
        return;
      case "near-poison":
        this.#say({ lamport: this.#world.now() + 9 * 60_000 });
        return;
      case "false-parent-lamport":
        this.#say({
          parents: this.#someContents(4).map(({ id, lamport }) => ({ id, lamport: lamport - 1, hint: undefined })),
        });
        return;
      case "false-low-parent":
        this.#say({ parents: this.#someContents(8).map(({ id }) => ({ id, lamport: 1, hint: undefined })) });
        return;
      case "low-lamport":
        this.#say({ lamport: 5, parents: [this.#fakeParent(3)] });
        return;
      case "fake-parents":
        this.#say({ parents: [1, 2, 3].map((back) => this.#fakeParent(this.#world.now() - back * 60_000)) });
        return;
      case "claim-everything":
        this.#sync({
          listed: this.#someContents(MAX_HISTORY_ENTRIES).map(({ id }) => ({ messageId: id })),
          since: 0,
        });
        return;
      case "forged-claim":
        this.#forgeClaim();
        return;
      case "forged-content":
        this.#forgeContent();
        return;
      case "squat-id":
        this.#squatId();
        return;
      case "replay":
        for (let count = 0; count < 10; count++) this.#replay();
        return;
      case "equivocation":
        this.#equivocate();
        return;
      case "amplify":
        this.#amplify();
        return;
      case "suppress":
        this.#sync({ requests: this.#asked.slice(-MAX_REPAIR_REQUESTS) });
        return;
      case "flood":
        for (let count = 0; count < FLOOD; count++)
          this.#say({ parents: [this.#fakeParent(this.#world.now() - count)] });
        return;
      case "ask-receipts":
        this.#sync({ listed: this.#someContents(64).map(({ id }) => ({ messageId: id })), receipts: true });
        return;
      case "all-ones-filter":
        this.#sync({ filter: new Uint8Array(bloomShape(FILTER).byteLength).fill(255) });
        return;
      case "filter-of-everything":
        this.#sync({ filter: this.#filterOfEverything() });
        return;
      case "stripped-copy":
        for (const { bytes } of this.#someContents(3)) this.#strip(bytes);
        return;
    }
  }

  #next(): number {
    return this.#world.random.next();
  }

  #fakeId(): MessageId {
    const bytes = this.#world.random.bytes(32);
    return asMessageId(Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
  }

  #fakeParent(lamport: number): ParentReference {
    return { id: this.#fakeId(), lamport, hint: undefined };
  }

  #someContents(count: number): IncomingContent[] {
    return this.#contents.slice(-count);
  }

  #content(fields: Partial<ContentFields>): IncomingContent {
    const now = this.#world.now();
    const lamport = fields.lamport ?? now;
    // Even a liar's own reader takes only parents below their child.
    const parents = (fields.parents ?? []).filter(
      (parent) => (parent.lamport ?? 0) < lamport && (parent.lamport ?? 0) >= 0,
    );
    return encodeContent(this.speaker, {
      ...{ authorSeq: ++this.#seq, completeSince: 0, bloomFilter: undefined, type: 1, composedAt: now },
      ...{ body: new TextEncoder().encode(`lie ${this.#seq}`) },
      ...fields,
      ...{ lamport, parents },
    });
  }

  #say(fields: Partial<ContentFields>): void {
    this.#world.inject(this.index, this.#content(fields).bytes, { ephemeral: false, forged: false });
  }

  #sync(said: {
    readonly listed?: readonly HistoryEntry[];
    readonly requests?: readonly HistoryEntry[];
    readonly since?: number;
    readonly receipts?: boolean;
    readonly filter?: Uint8Array;
  }): void {
    const lamport = this.#world.now();
    const bytes = encodeSync(this.speaker, {
      ...{ messageId: asMessageId(lamport.toString(36)), lamport, causalHistory: said.listed ?? [] },
      ...{ completeSince: said.since ?? lamport, bloomFilter: said.filter, repairRequests: said.requests ?? [] },
      receiptsWantedFrom:
        said.receipts === true ? Array.from({ length: 64 }, () => Math.floor(this.#next() * 2 ** 32)) : null,
    });
    this.#world.inject(this.index, bytes, { ephemeral: true, forged: false });
  }

  /** Whole and of the right size, so it passes every gate: it has all that anybody ever said. */
  #filterOfEverything(): Uint8Array {
    const filter = new BloomFilter(FILTER);
    for (const { id } of this.#contents) filter.insert(id);
    return filter.toBytes();
  }

  /** In the name of an honest member, who would then seem to have everything. The signature is not theirs. */
  #forgeClaim(): void {
    const { honest } = this.#world;
    const victim = honest[Math.floor(this.#next() * honest.length)];
    if (victim === undefined) return;
    const lamport = this.#world.now();
    const bytes = encodeSync(victim, {
      ...{ messageId: asMessageId(lamport.toString(36)), lamport, completeSince: 0, bloomFilter: undefined },
      causalHistory: this.#someContents(MAX_HISTORY_ENTRIES).map(({ id }) => ({ messageId: id })),
      ...{ repairRequests: [], receiptsWantedFrom: null },
    });
    this.#world.inject(this.index, bytes, { ephemeral: true, forged: true });
  }

  /** What an honest member said, with another text. */
  #forgeContent(): void {
    const [original] = this.#someContents(1);
    const victim = this.#world.honest.find(({ self }) => self === original?.sender);
    if (original === undefined || victim === undefined) return;
    const body = new TextEncoder().encode("I never said this");
    const { lamport, parents, authorSeq, type, composedAt } = original;
    const fields = { lamport, parents, authorSeq: authorSeq ?? 1, type, composedAt, body, completeSince: 0 };
    const forged = encodeContent(victim, { ...fields, bloomFilter: undefined });
    this.#world.inject(this.index, forged.bytes, { ephemeral: false, forged: true });
  }

  /** The id of what somebody said, with other words under it, another time, or the liar as its sender. */
  #squatId(): void {
    const [original] = this.#someContents(1);
    const decoded = original === undefined ? null : specCodec.decode(original.bytes);
    if (decoded?.ok !== true || decoded.message.kind !== "content") return;
    const { message } = decoded;
    const { content } = this.#contentMessage() ?? message;
    const words = specCodec.encode({ ...message, content });
    const time = specCodec.encode({ ...message, lamport: this.#world.now() + 1_000 });
    const sender = specCodec.encode({ ...message, senderId: this.speaker.self });
    // Other words have another hash, so the id itself shows it; the rest is under the author's signature.
    for (const [bytes, forged] of [[words, false] as const, [time, true] as const, [sender, true] as const]) {
      this.#world.inject(this.index, bytes, { ephemeral: false, forged });
    }
  }

  #contentMessage(): ContentMessage | null {
    const decoded = specCodec.decode(this.#content({}).bytes);
    return decoded.ok && decoded.message.kind === "content" ? decoded.message : null;
  }

  #replay(): void {
    const frame = this.#frames[Math.floor(this.#next() * this.#frames.length)];
    if (frame !== undefined) this.#world.inject(this.index, frame.bytes, { ephemeral: false, forged: frame.forged });
  }

  /** What somebody said, without what they say of themselves: whoever gets this copy first has to get the other too. */
  #strip(bytes: Uint8Array): void {
    const split = splitTrailer(bytes);
    if (split !== null) this.#world.inject(this.index, split.message, { ephemeral: false, forged: false });
  }

  /** Two messages under one number, each to one half of the group. */
  #equivocate(): void {
    const parents = this.#someContents(2).map(({ id, lamport }) => ({ id, lamport, hint: undefined }));
    const lamport = this.#world.now();
    const fields = { lamport, parents, authorSeq: this.#seq + 1 };
    for (const [half, text] of ["yes", "no"].entries()) {
      const { bytes } = this.#content({ ...fields, body: new TextEncoder().encode(text) });
      this.#world.inject(this.index, bytes, { ephemeral: false, forged: false, to: (member) => member % 2 === half });
    }
  }

  /** Asks for everything that it has heard of, as if it had nothing. */
  #amplify(): void {
    for (let count = 0; count < 5; count++) {
      const ids = this.#contents.slice(count * MAX_REPAIR_REQUESTS, (count + 1) * MAX_REPAIR_REQUESTS);
      this.#sync({ requests: ids.map(({ id }) => ({ messageId: id })), since: 0 });
    }
  }
}

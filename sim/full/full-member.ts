import type { ChannelStatus, SendRequest } from "../../src/channel/api/channel-client.ts";
import { MAX_CLOCK_CORRECTION_MS } from "../../src/channel/api/limits.ts";
import { type Channel, type ChannelParts, openChannel } from "../../src/channel/channel.ts";
import { createNobleSigner } from "../../src/identity/keys/noble-signer.ts";
import { senderIdOf } from "../../src/identity/keys/sender-id.ts";
import type { Signer } from "../../src/identity/port.ts";
import type { Random } from "../../src/runtime/port.ts";
import type { ChannelState } from "../../src/sds/channel-state.ts";
import type { Change, Durability } from "../../src/sds/io/records.ts";
import type { StepInput } from "../../src/sds/io/step-input.ts";
import type { ChannelParameters } from "../../src/sds/parameters/parameters.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import type { ChannelStorage } from "../../src/storage/port.ts";
import type { SimDisk } from "../core/members/disk.ts";
import type { LocalClock } from "../core/members/local-clock.ts";
import type { SimParticipant } from "../core/members/participant.ts";
import { decodeFrame, type Speaker } from "../core/network/frame.ts";
import type { Oracle } from "../core/oracle.ts";
import type { Trace } from "../core/report/trace.ts";
import { short } from "../core/report/trace.ts";
import type { Air } from "./air.ts";
import type { DeviceDisk } from "./device-disk.ts";
import { checkHandedOver } from "./handed-over.ts";
import { SimProcess } from "./process.ts";
import { SimTransport } from "./sim-transport.ts";
import { openTrackedStorage, TrackedDisk } from "./tracked-storage.ts";

const LONGEST_THOUGHT_MS = 5 * 60_000;

export interface FullSurroundings {
  readonly epoch: number;
  readonly air: Air;
  readonly trace: Trace;
  readonly channelId: ChannelId;
  readonly key: Uint8Array;
  readonly parameters: ChannelParameters;
  readonly profile: "community" | "sds";
  readonly syncMs: number;
  readonly clockYes: number;
  readonly oracle: () => Oracle;
  readonly createDisk: (member: number) => DeviceDisk;
  /** Parts of the channel with a planted breach. */
  readonly parts: Partial<ChannelParts>;
  /** For checks that take their time: a violation ends the run. */
  readonly check: (test: Promise<void>) => void;
  /** Wraps the storage of one life of a member, to plan faults. */
  readonly wrapStorage: (member: FullMember, storage: ChannelStorage) => ChannelStorage;
}

/** A participant on the real channel: real signatures, encryption and storage commits. */
export class FullMember implements SimParticipant {
  readonly index: number;
  readonly speaker: Speaker;
  readonly clock: LocalClock;
  readonly tracked: TrackedDisk;
  readonly #signer: Signer;
  readonly #random: Random;
  readonly #world: FullSurroundings;
  #process: SimProcess | null = null;
  #transport: SimTransport | null = null;
  #channel: Channel | null = null;
  /** Channels of which somebody is about to answer the question. */
  readonly #isAsked = new WeakSet<Channel>();
  /** Boots so far. */
  lives = 0;
  online = true;

  constructor(index: number, secret: Uint8Array, clock: LocalClock, random: Random, world: FullSurroundings) {
    this.index = index;
    this.clock = clock;
    this.#signer = createNobleSigner(secret);
    this.#random = random;
    this.#world = world;
    this.tracked = new TrackedDisk(world.createDisk(index));
    const { channelId } = world;
    const { publicKey } = this.#signer;
    this.speaker = { channelId, publicKey, self: senderIdOf(channelId, publicKey) };
  }

  get disk(): SimDisk {
    return this.tracked.account;
  }

  /** Has a process, though perhaps one that still boots. */
  get alive(): boolean {
    return this.#process !== null;
  }

  get running(): boolean {
    return this.#channel !== null;
  }

  get state(): ChannelState {
    if (this.#channel === null) throw new Error(`Member ${this.index} is not running.`);
    return this.#channel.state;
  }

  get refusals(): ReadonlyMap<string, number> {
    return this.#channel?.refusals ?? new Map();
  }

  now(): number {
    return this.clock.at(this.#world.epoch, this.#world.air.clock.now() - this.#world.epoch);
  }

  /** Resolves when it runs, or when it died while booting. */
  async start(): Promise<void> {
    if (this.#process !== null) return;
    const { air, epoch, channelId, key, parameters, profile, wrapStorage } = this.#world;
    this.lives++;
    const process = new SimProcess(air.clock, this.clock, epoch);
    const transport = new SimTransport(air, this.index, this.online, process.clock.now, (frame) => {
      if (!process.dead) this.#world.check(checkHandedOver(this, key, frame));
    });
    this.#process = process;
    this.#transport = transport;
    const tracked = await openTrackedStorage(this.tracked, {
      onCommit: (changes, durability) => this.#onCommit(changes, durability),
      beforeWrite: (durability) => this.#writing(process, durability),
      isDead: () => process.dead,
    });
    if (process.dead) return;
    const storage = wrapStorage(this, tracked);
    const { self, publicKey } = this.speaker;
    const identity = { channelId, self, publicKey, profile, parameters };
    const channel = await openChannel(
      { ...{ identity, key, signer: this.#signer, storage, transport, clock: process.clock, random: this.#random } },
      this.#world.parts,
    );
    if (process.dead) return;
    this.#channel = channel;
    channel.status.watch((status) => this.#askPerson(channel, process, status));
    this.#note("boot", `${channel.state.log.order.size}`);
    this.#world.oracle().booted(this);
  }

  /** With `keep` also the disk loses what was not synced, but for so many commits. */
  kill(keep: number | null): void {
    if (this.#process === null) return;
    this.#process.kill();
    this.#transport?.kill();
    this.#process = null;
    this.#transport = null;
    this.#channel = null;
    if (keep !== null) this.tracked.crash(keep);
    this.#note(keep === null ? "kill" : "power-cut");
  }

  setOnline(online: boolean): void {
    this.online = online;
    this.#note(online ? "online" : "offline");
    this.#transport?.setOnline(online);
  }

  receive(frame: Parameters<SimTransport["receive"]>[0]): void {
    this.#transport?.receive(frame);
  }

  say(request: SendRequest): void {
    const channel = this.#channel;
    if (channel === null) return;
    channel.send(request).then(
      ({ id }) => {
        this.#note("told", short(id));
        this.#world.oracle().accepted(this, id);
      },
      (error: unknown) => this.#note("refused", error instanceof Error ? error.message : ""),
    );
  }

  /** Of the newest message that is still being sent. */
  stopSending(): void {
    const newest = [...(this.#channel?.state.outbox.open ?? [])].at(-1);
    if (newest !== undefined) this.dispatch({ kind: "stop-sending", id: newest.entry.id });
  }

  deleteNewest(): void {
    const newest = this.#channel?.state.log.lastOwn;
    if (newest === null || newest === undefined) return;
    this.#channel?.remove(newest.id).then(
      () => this.#note("deleted", short(newest.id)),
      (error: unknown) => this.#note("not deleted", error instanceof Error ? error.message : ""),
    );
  }

  dispatch(input: StepInput): void {
    void this.#channel?.dispatch(input).catch(() => {});
  }

  /** Ends it in an orderly way. */
  async close(): Promise<void> {
    await this.#channel?.close();
    await this.#transport?.close();
    this.#channel = null;
    this.#process = null;
    this.#transport = null;
  }

  #note(what: string, detail = ""): void {
    this.#world.trace.note(this.#world.air.clock.now() - this.#world.epoch, this.index, what, detail);
  }

  /** Somebody looks at the screen now and then, and answers the question about the clock once. */
  #askPerson(channel: Channel, process: SimProcess, { clockSuggestionMs }: ChannelStatus): void {
    if (clockSuggestionMs === null || this.#isAsked.has(channel)) return;
    this.#isAsked.add(channel);
    process.clock.schedule(Math.floor(this.#random.next() * LONGEST_THOUGHT_MS), () => {
      this.#isAsked.delete(channel);
      const agrees =
        this.#random.next() < this.#world.clockYes && Math.abs(clockSuggestionMs) <= MAX_CLOCK_CORRECTION_MS;
      const correctionMs = agrees ? clockSuggestionMs : 0;
      this.#world.oracle().answered(this, agrees, correctionMs);
      channel.correctClock(correctionMs).then(
        () => this.#world.oracle().clockKept(this, correctionMs),
        () => {},
      );
    });
  }

  /** A strict write takes its time on the process's clock. */
  #writing(process: SimProcess, durability: Durability): Promise<void> {
    if (durability === "relaxed") return Promise.resolve();
    const ms = Math.floor(this.#random.next() * this.#world.syncMs);
    return new Promise((resolve) => process.clock.schedule(ms, resolve));
  }

  /** The oracle sees what is written: own messages that are new, and all rows. */
  #onCommit(changes: readonly Change[], durability: Durability): void {
    const oracle = this.#world.oracle();
    for (const change of changes) {
      if (change.op !== "put") continue;
      if (change.table === "body" && !oracle.truths.has(change.record.id))
        this.#meetOwn(oracle, change.record.bytes, changes);
      if (change.table === "ledger") this.#note(`  ${change.record.kind}`, change.record.ids.map(short).join(" "));
    }
    if (this.#channel !== null) oracle.stepped(this, { kind: "wake" }, [{ kind: "commit", changes, durability }]);
  }

  #meetOwn(oracle: Oracle, bytes: Uint8Array, changes: readonly Change[]): void {
    const decoded = decodeFrame(bytes);
    if (typeof decoded === "string" || decoded.kind !== "content" || decoded.content.sender !== this.speaker.self)
      return;
    const { id } = decoded.content;
    const outbox = changes.find(
      (change) => change.op === "put" && change.table === "outbox" && change.record.id === id,
    );
    const requestId = outbox?.op === "put" && outbox.table === "outbox" ? outbox.record.requestId : "";
    oracle.composed(this, decoded.content, requestId);
    oracle.taken(this, id);
  }
}

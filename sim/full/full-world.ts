import type { ChannelParts } from "../../src/channel/channel.ts";
import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import { createVirtualClock, type VirtualClock } from "../../src/runtime/virtual-clock.ts";
import { MESSAGE_TYPE, SENT_TYPES } from "../../src/sds/parameters/message-type.ts";
import { CHANNEL_PARAMETER_DEFAULTS, type ChannelParameters } from "../../src/sds/parameters/parameters.ts";
import { asChannelId } from "../../src/sds/wire/ids.ts";
import type { ChannelStorage } from "../../src/storage/port.ts";
import type { InboundFrame } from "../../src/transport/port.ts";
import { LocalClock } from "../core/members/local-clock.ts";
import { createOracle, type Oracle } from "../core/oracle.ts";
import { Trace } from "../core/report/trace.ts";
import { check } from "../core/report/violation.ts";
import type { Action } from "../core/script/script.ts";
import type { Settings } from "../core/script/settings.ts";
import { Air } from "./air.ts";
import { ByteLiar } from "./byte-liar.ts";
import type { DeviceDisk } from "./device-disk.ts";
import { FullMember, type FullSurroundings } from "./full-member.ts";
import { createMemoryDeviceDisk } from "./memory-device-disk.ts";
import { installSerialCrypto } from "./serial-crypto.ts";
import { settle } from "./under-way.ts";

const EPOCH = 1_760_000_000_000;
const CHANNEL = asChannelId("c2ltdWxhdGVkIGNoYW5uZWw");
export interface FullWorldOptions {
  readonly settings: Settings;
  readonly print?: (line: string) => void;
  /** What each member's device keeps its channel on. Default: memory. */
  readonly createDisk?: (member: number) => DeviceDisk;
  /** How many others hear what is in the air; they are put into `guests`. */
  readonly guests?: number;
  /** Parts of each member's channel with a planted breach. */
  readonly parts?: Partial<ChannelParts>;
  /** Wraps the storage of one life of a member, to plan faults. */
  readonly wrapStorage?: (member: FullMember, storage: ChannelStorage, world: FullWorld) => ChannelStorage;
}

/** Members on the real channel, with virtual time. */
export class FullWorld {
  readonly epoch = EPOCH;
  readonly settings: Settings;
  readonly clock: VirtualClock;
  readonly air: Air;
  readonly trace: Trace;
  readonly members: FullMember[];
  readonly observer: Oracle;
  readonly parameters: ChannelParameters;
  readonly profile: "community" | "sds";
  readonly liars: readonly ByteLiar[];
  readonly channelId = CHANNEL;
  readonly key: Uint8Array;
  readonly guests: { receive(frame: InboundFrame): void }[] = [];
  readonly #deadUntil = new Map<FullMember, number>();
  readonly #offlineUntil = new Map<FullMember, number>();
  /** The first violation that the oracle raised inside the product, where it would be swallowed. */
  #caught: unknown = null;
  #requests = 0;

  constructor({ settings, print, wrapStorage, createDisk, parts = {}, guests = 0 }: FullWorldOptions) {
    installSerialCrypto();
    this.settings = settings;
    this.profile = settings.profile;
    this.parameters = { ...CHANNEL_PARAMETER_DEFAULTS, ...settings.parameters };
    this.clock = createVirtualClock(EPOCH, { settle });
    this.trace = new Trace(print ?? null);
    const random = createSeededRandom(settings.seed + 0.25);
    this.air = new Air(this.clock, settings, random, (member, frame) => {
      const hearer =
        member < settings.participants ? this.members[member] : this.guests[member - settings.participants];
      hearer?.receive(frame);
    });
    this.air.hearers += guests;
    this.key = random.bytes(32);
    const { key } = this;
    const surroundings: FullSurroundings = {
      ...{ epoch: EPOCH, air: this.air, trace: this.trace, channelId: CHANNEL, key, syncMs: settings.syncMs },
      clockYes: settings.clockYes,
      ...{ parameters: this.parameters, profile: settings.profile, oracle: () => this.#guardedOracle },
      ...{ createDisk: createDisk ?? createMemoryDeviceDisk, parts },
      check: (test) => void test.catch(this.#catch),
      wrapStorage: (member, storage) => wrapStorage?.(member, storage, this) ?? storage,
    };
    this.members = Array.from({ length: settings.participants }, (_, index) => {
      const offset = Math.floor((random.next() * 2 - 1) * settings.clockOffsetMs);
      const clock = new LocalClock(offset, (random.next() * 2 - 1) * settings.driftPpm);
      return new FullMember(
        index,
        random.bytes(32),
        clock,
        createSeededRandom(settings.seed + (index + 1) / 4_096),
        surroundings,
      );
    });
    this.liars = settings.hostile === 0 ? [] : [new ByteLiar(this.air, key, CHANNEL, random, this.members)];
    this.observer = createOracle(this);
    this.#guardedOracle = this.#guard(this.observer);
  }

  readonly #guardedOracle: Oracle;

  now(): number {
    return this.clock.now() - EPOCH;
  }

  play(actions: readonly Action[]): void {
    for (const action of actions) this.clock.schedule(action.at, () => void this.perform(action).catch(this.#catch));
  }

  async run(ms: number): Promise<void> {
    await this.clock.runUntilDone(() => this.#caught !== null, ms);
    if (this.#caught !== null) throw this.#caught;
  }

  async heal(): Promise<void> {
    this.air.sides = [];
    this.air.archiveUp = !this.settings.archive.absent;
    this.#deadUntil.clear();
    this.#offlineUntil.clear();
    for (const member of this.members) {
      if (!member.online) member.setOnline(true);
      void member.start().catch(this.#catch);
    }
    await this.run(30_000);
  }

  async perform(action: Action): Promise<void> {
    switch (action.kind) {
      case "join":
        await this.members[action.member]?.start();
        return;
      case "say":
        this.members[action.member]?.say({
          requestId: `r${++this.#requests}`,
          type: SENT_TYPES.find((type) => MESSAGE_TYPE[type] === action.type) ?? "chat",
          text: action.text,
          levelPercent: action.levelPercent,
        });
        return;
      case "offline":
        this.#takeOffline(this.members[action.member], action.ms);
        return;
      case "kill":
        this.kill(this.members[action.member], action.ms, action.keep);
        return;
      case "partition":
        this.air.sides = action.sides;
        this.clock.schedule(action.ms, () => {
          if (this.air.sides === action.sides) this.air.sides = [];
        });
        return;
      case "clock-jump":
        this.members[action.member]?.clock.jump(action.ms);
        return;
      case "archive-outage":
        this.air.archiveUp = false;
        this.clock.schedule(action.ms, () => {
          this.air.archiveUp = !this.settings.archive.absent;
        });
        return;
      case "stop-sending":
        this.members[action.member]?.stopSending();
        return;
      case "delete":
        this.members[action.member]?.deleteNewest();
        return;
      case "hostile":
        await this.liars[0]?.act();
        return;
    }
  }

  /** Dead for `ms`, then booted again. */
  kill(member: FullMember | undefined, ms: number, keep: number | null): void {
    if (member === undefined || !member.alive) return;
    member.kill(keep);
    const until = Math.max(this.now() + ms, this.#deadUntil.get(member) ?? 0);
    this.#deadUntil.set(member, until);
    this.clock.schedule(ms, () => {
      if ((this.#deadUntil.get(member) ?? 0) <= this.now()) void member.start().catch(this.#catch);
    });
  }

  /** Ends all, after which no timer may be left. */
  async close(): Promise<void> {
    for (const member of this.members) await member.close();
    // What is on its way in the air arrives nowhere.
    await this.clock.advanceSettled(2 * Math.max(...this.settings.latencyMs) + 1_000);
    check(this.clock.pending === 0, "quiescence", () => `${this.clock.pending} timers are left after all were closed`);
  }

  #takeOffline(member: FullMember | undefined, ms: number): void {
    if (member === undefined) return;
    const until = Math.max(this.now() + ms, this.#offlineUntil.get(member) ?? 0);
    this.#offlineUntil.set(member, until);
    member.setOnline(false);
    this.clock.schedule(ms, () => {
      if ((this.#offlineUntil.get(member) ?? 0) > this.now()) return;
      member.setOnline(true);
    });
  }

  /** For checks inside the product's calls, which would swallow a violation. */
  guard(test: () => void): void {
    try {
      test();
    } catch (error) {
      this.#catch(error);
    }
  }

  readonly #catch = (error: unknown): void => {
    this.#caught ??= error;
  };

  /** What the oracle throws inside a commit would only stop the channel; it is kept for us. */
  #guard(oracle: Oracle): Oracle {
    const guarded = <T extends unknown[]>(call: (...values: T) => void) => {
      return (...values: T): void => {
        try {
          call(...values);
        } catch (error) {
          this.#catch(error);
        }
      };
    };
    return {
      ...oracle,
      composed: guarded(oracle.composed),
      accepted: guarded(oracle.accepted),
      booted: guarded(oracle.booted),
      stepped: guarded(oracle.stepped),
    };
  }
}

import { senderIdOf } from "../../src/identity/keys/sender-id.ts";
import type { Random } from "../../src/runtime/port.ts";
import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import { TimerQueue } from "../../src/runtime/timer-queue.ts";
import { CHANNEL_PARAMETER_DEFAULTS, type ChannelParameters } from "../../src/sds/parameters/parameters.ts";
import { asChannelId } from "../../src/sds/wire/ids.ts";
import { Hostile, type InjectOptions } from "./hostile.ts";
import { LocalClock } from "./members/local-clock.ts";
import { Member } from "./members/member.ts";
import type { Mutation } from "./members/mutation.ts";
import type { Surroundings, Traffic, Watcher } from "./members/surroundings.ts";
import { Archive, hashOfNumber } from "./network/archive.ts";
import { type Frame, payloadBytes, type Speaker } from "./network/frame.ts";
import { createOracle, type Oracle } from "./oracle.ts";
import { Trace } from "./report/trace.ts";
import type { Action } from "./script/script.ts";
import type { Settings } from "./script/settings.ts";

const EPOCH = 1_760_000_000_000;
const CHANNEL = asChannelId("c2ltdWxhdGVkIGNoYW5uZWw");

/** What was done to the world, for the summary of a run. */
export interface Faults {
  lost: number;
  duplicated: number;
  offline: number;
  kills: number;
  powerCuts: number;
  partitions: number;
  clockJumps: number;
  archiveOutages: number;
  hostile: number;
  lateJoiners: number;
  deletions: number;
}

export interface WorldOptions {
  readonly settings: Settings;
  readonly mutation?: Mutation | null;
  readonly print?: (line: string) => void;
  readonly watch?: (world: World) => Watcher | null;
}

/** Members, liars, network, Store and time, of which everything follows from the settings and the actions. */
export class World implements Surroundings {
  readonly epoch = EPOCH;
  readonly settings: Settings;
  readonly random: Random;
  readonly trace: Trace;
  readonly archive: Archive;
  readonly mutation: Mutation | null;
  readonly observer: Oracle;
  readonly watcher: Watcher | null;
  readonly parameters: ChannelParameters;
  readonly profile: "community" | "sds";
  readonly publishFailure: number;
  readonly syncMs: number;
  readonly clockYes: number;
  readonly members: Member[];
  readonly liars: Hostile[];
  readonly faults: Faults = {
    ...{ lost: 0, duplicated: 0, offline: 0, kills: 0, powerCuts: 0, partitions: 0, clockJumps: 0 },
    ...{ archiveOutages: 0, hostile: 0, lateJoiners: 0, deletions: 0 },
  };
  readonly bytes = { sds: 0, payload: 0, frames: 0 };
  readonly #queue = new TimerQueue();
  readonly #linkLoss: number[][];
  readonly #dirty = new Set<Member>();
  /** When each member's own network, or its process, comes back at the earliest. */
  readonly #offlineUntil = new Map<Member, number>();
  readonly #deadUntil = new Map<Member, number>();
  #sides: readonly number[] = [];
  #now = 0;
  #frameNumber = 0;
  #requests = 0;

  constructor({ settings, mutation = null, print, watch }: WorldOptions) {
    this.settings = settings;
    this.mutation = mutation;
    this.random = createSeededRandom(settings.seed + 0.25);
    this.trace = new Trace(print ?? null);
    this.archive = new Archive(settings.archive, createSeededRandom(settings.seed + 0.125));
    this.parameters = { ...CHANNEL_PARAMETER_DEFAULTS, ...settings.parameters, ...mutation?.parameters };
    this.profile = settings.profile;
    this.publishFailure = settings.publishFailure;
    this.syncMs = settings.syncMs;
    this.clockYes = settings.clockYes;
    this.#linkLoss = this.#drawLinks();
    this.members = Array.from({ length: settings.participants }, (_, index) => this.#createMember(index));
    const honest = this.members.map((member) => member.speaker);
    const lies = { random: this.random, now: () => EPOCH + this.#now, honest, inject: this.#inject };
    this.liars = Array.from({ length: settings.hostile }, (_, index) => {
      return new Hostile(settings.participants + index, speakerOf(settings.participants + index), lies);
    });
    this.observer = createOracle(this);
    this.watcher = watch?.(this) ?? null;
  }

  now(): number {
    return this.#now;
  }

  intakeMs({ index }: Member): number {
    return index < this.settings.busy ? this.settings.intakeMs : 0;
  }

  after(ms: number, run: () => void): () => void {
    return this.#queue.add(this.#now + Math.max(0, Math.ceil(ms)), run);
  }

  changed(member: Member): void {
    this.#dirty.add(member);
  }

  /** Plans all actions. To be called once, at the start. */
  play(actions: readonly Action[]): void {
    for (const action of actions) this.after(action.at, () => this.perform(action));
  }

  /** Lets time pass. */
  run(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      this.#planWakes();
      const at = this.#queue.nextAt();
      if (at === null || at > end) break;
      this.#now = Math.max(this.#now, at);
      this.#queue.takeDue(this.#now)?.();
    }
    this.#now = end;
  }

  /** Everybody runs and is online, all networks and the Store are whole again. Loss and liars' leftovers stay. */
  heal(): void {
    this.#sides = [];
    this.#offlineUntil.clear();
    this.#deadUntil.clear();
    this.archive.up = !this.archive.absent;
    for (const member of this.members) {
      member.start();
      member.setOnline(true);
    }
  }

  perform(action: Action): void {
    switch (action.kind) {
      case "join":
        this.#join(action.member, action.at > 0);
        return;
      case "say": {
        const requestId = `r${++this.#requests}`;
        const body = new TextEncoder().encode(action.text);
        this.members[action.member]?.say(body, action.type, { requestId, levelPercent: action.levelPercent });
        return;
      }
      case "offline":
        this.#takeOffline(action.member, action.ms);
        return;
      case "kill":
        this.#kill(action);
        return;
      case "partition":
        this.#divide(action.sides, action.ms);
        return;
      case "clock-jump":
        this.faults.clockJumps++;
        this.trace.note(this.#now, action.member, "clock-jump", `${action.ms}`);
        this.members[action.member]?.clock.jump(action.ms);
        return;
      case "archive-outage":
        this.#archiveOutage(action.ms);
        return;
      case "stop-sending":
        this.#stopSending(action.member);
        return;
      case "delete":
        this.#delete(action.member);
        return;
      case "hostile":
        this.faults.hostile++;
        this.trace.note(this.#now, action.member, "hostile", action.act);
        this.liars[action.member - this.settings.participants]?.act(action.act);
        return;
    }
  }

  publish(member: Member, traffic: Traffic, bytes: Uint8Array, ephemeral: boolean): Frame | null {
    if (!member.online) return null;
    const frame = this.#frame(member.index, bytes, member.now(), ephemeral, false);
    this.observer.published(member, traffic, frame);
    this.watcher?.published(member.index, traffic, frame);
    this.#broadcast(frame, () => true);
    return frame;
  }

  reachesArchive(member: Member): boolean {
    return this.archive.up && member.online && (this.#sides[member.index] ?? 0) === 0;
  }

  readonly #inject = (from: number, bytes: Uint8Array, { ephemeral, forged, to }: InjectOptions): void => {
    const frame = this.#frame(from, bytes, EPOCH + this.#now, ephemeral, forged);
    this.observer.injected(frame);
    this.watcher?.published(from, "lie", frame);
    this.#broadcast(frame, to ?? (() => true));
  };

  #frame(from: number, bytes: Uint8Array, timestamp: number, ephemeral: boolean, forged: boolean): Frame {
    return { hash: hashOfNumber(++this.#frameNumber), bytes, timestamp, ephemeral, from, forged };
  }

  #broadcast(frame: Frame, to: (member: number) => boolean): void {
    this.bytes.frames++;
    this.bytes.sds += frame.bytes.length;
    this.bytes.payload += payloadBytes(frame.bytes.length);
    const kept = (this.#sides[frame.from] ?? 0) === 0 && this.archive.keep(frame, this.#now);
    this.watcher?.archived(frame, kept);
    for (const liar of this.liars)
      if (liar.index !== frame.from && this.#sees(frame.from, liar.index)) liar.hear(frame);
    for (const member of this.members) {
      if (!to(member.index)) continue;
      if (this.#sees(frame.from, member.index)) this.#carry(frame, member);
      else this.watcher?.carried(frame, member.index, { kind: "divided" });
    }
  }

  /** Members get their own frames back as well, as Waku's filter sends them. */
  #carry(frame: Frame, member: Member): void {
    const { duplication, latencyMs } = this.settings;
    if (this.random.next() < (this.#linkLoss[frame.from]?.[member.index] ?? 0)) {
      this.faults.lost++;
      this.watcher?.carried(frame, member.index, { kind: "lost" });
      return;
    }
    const copies = this.random.next() < duplication ? 2 : 1;
    this.faults.duplicated += copies - 1;
    const [min, max] = latencyMs;
    const ways: number[] = [];
    for (let copy = 0; copy < copies; copy++) {
      const ms = min + this.random.next() * (max - min);
      ways.push(ms);
      this.after(ms, () => {
        if (member.online && member.running) member.take(frame, "live");
        else this.watcher?.carried(frame, member.index, { kind: "missed" });
      });
    }
    this.watcher?.carried(frame, member.index, { kind: "on-its-way", ms: ways });
  }

  #sees(one: number, other: number): boolean {
    return (this.#sides[one] ?? 0) === (this.#sides[other] ?? 0);
  }

  #planWakes(): void {
    for (const member of this.#dirty) member.planWake();
    this.#dirty.clear();
  }

  #join(index: number, late: boolean): void {
    const member = this.members[index];
    if (member === undefined) return;
    if (late) this.faults.lateJoiners++;
    member.online = !this.#offlineUntil.has(member);
    member.start();
  }

  #takeOffline(index: number, ms: number): void {
    const member = this.members[index];
    if (member === undefined) return;
    this.faults.offline++;
    const until = Math.max(this.#now + ms, this.#offlineUntil.get(member) ?? 0);
    this.#offlineUntil.set(member, until);
    member.setOnline(false);
    this.after(ms, () => {
      if ((this.#offlineUntil.get(member) ?? 0) > this.#now) return;
      this.#offlineUntil.delete(member);
      member.setOnline(true);
    });
  }

  #kill({ member: index, ms, keep, lands }: Extract<Action, { kind: "kill" }>): void {
    const member = this.members[index];
    if (member === undefined || !member.running) return;
    if (keep === null) this.faults.kills++;
    else this.faults.powerCuts++;
    this.#deadUntil.set(member, Math.max(this.#now + ms, this.#deadUntil.get(member) ?? 0));
    member.kill(keep, lands);
    this.after(ms, () => {
      if ((this.#deadUntil.get(member) ?? 0) <= this.#now) member.start();
    });
  }

  #divide(sides: readonly number[], ms: number): void {
    this.faults.partitions++;
    this.#sides = sides;
    this.trace.note(this.#now, -1, "partition", sides.join(""));
    this.after(ms, () => {
      if (this.#sides === sides) this.#sides = [];
    });
  }

  #archiveOutage(ms: number): void {
    if (this.archive.absent) return;
    this.faults.archiveOutages++;
    this.archive.up = false;
    this.after(ms, () => {
      this.archive.up = true;
    });
  }

  #stopSending(index: number): void {
    const member = this.members[index];
    if (member === undefined || !member.running) return;
    const [open] = [...member.state.outbox.open].reverse();
    if (open !== undefined) member.dispatch({ kind: "stop-sending", id: open.entry.id });
  }

  #delete(index: number): void {
    const member = this.members[index];
    if (member === undefined || !member.running || member.state.log.lastOwn === null) return;
    this.faults.deletions++;
    member.dispatch({ kind: "withdraw", id: member.state.log.lastOwn.id });
  }

  #drawLinks(): number[][] {
    const { participants, hostile, loss } = this.settings;
    const all = participants + hostile;
    return Array.from({ length: all }, () =>
      Array.from({ length: all }, () => Math.min(0.75, loss * (0.5 + this.random.next()))),
    );
  }

  #createMember(index: number): Member {
    const { clockOffsetMs, driftPpm, seed } = this.settings;
    const offset = Math.floor((this.random.next() * 2 - 1) * clockOffsetMs);
    const drift = (this.random.next() * 2 - 1) * driftPpm;
    const random = createSeededRandom(seed + (index + 1) / 4_096);
    return new Member(index, speakerOf(index), new LocalClock(offset, drift), random, this);
  }
}

function speakerOf(index: number): Speaker {
  const publicKey = new Uint8Array(32).fill(7);
  new DataView(publicKey.buffer).setUint32(0, index + 1);
  return { channelId: CHANNEL, publicKey, self: senderIdOf(CHANNEL, publicKey) };
}

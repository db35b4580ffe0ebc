import type { Effect } from "../../src/sds/io/effect.ts";
import type { IncomingContent, Source, StepInput } from "../../src/sds/io/step-input.ts";
import type { MessageId, ParticipantId } from "../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../core/members/participant.ts";
import type { Fate, Traffic, Watcher } from "../core/members/surroundings.ts";
import { decodeFrame, type Frame } from "../core/network/frame.ts";
import { short } from "../core/report/trace.ts";
import type { World } from "../core/world.ts";
import { type FollowEvent, lineOf } from "./clauses.ts";
import { type Glance, glanceAt, knows } from "./glance.ts";
import { eventsOf } from "./step-events.ts";

/** A frame of the message, or one of a sync that says something of it. */
interface Followed {
  readonly name: string;
  readonly isMessage: boolean;
  readonly traffic: Traffic | "lie";
}

/** Tells the life of one message in all members, a line at a time. */
export class Follower implements Watcher {
  readonly #world: World;
  readonly #id: MessageId;
  readonly #print: (line: string) => void;
  readonly #names: ReadonlyMap<ParticipantId, string>;
  readonly #frames = new Map<Frame, Followed>();
  readonly #before = new Map<SimParticipant, Glance>();
  #frameCount = 0;
  #author: number | null = null;

  constructor(world: World, id: MessageId, print: (line: string) => void) {
    this.#world = world;
    this.#id = id;
    this.#print = print;
    const everybody = [...world.members, ...world.liars];
    this.#names = new Map(everybody.map(({ index, speaker }) => [speaker.self, `m${index}`]));
  }

  composed(member: SimParticipant, content: IncomingContent, insteadOf: MessageId | null): void {
    if (insteadOf === this.#id) {
      this.#tell(member.index, { kind: "composed anew", words: `composes it anew, as ${short(content.id)}` });
    }
    if (content.id !== this.#id) return;
    this.#author = member.index;
    const causes = content.parents.map((parent) => short(parent.id)).join(", ");
    const words = `number ${content.authorSeq}, causes: ${causes === "" ? "none" : causes}`;
    if (insteadOf === null) this.#tell(member.index, { kind: "composed", words: `composes it: ${words}` });
    else
      this.#tell(member.index, {
        kind: "composed anew",
        words: `composes it in place of ${short(insteadOf)}: ${words}`,
      });
  }

  accepted(member: SimParticipant, id: MessageId): void {
    if (id !== this.#id) return;
    const audience = member.state.log.entries.get(id)?.audience ?? [];
    const names = audience.map((index) => this.#nameOf(member.state.participants.all[index]?.id));
    const words = `accepted and written; its audience: ${names.length === 0 ? "nobody" : names.join(", ")}`;
    this.#tell(member.index, { kind: "accepted", words });
  }

  stepping(member: SimParticipant): void {
    this.#before.set(member, glanceAt(member.state, this.#id));
  }

  stepped(member: SimParticipant, input: StepInput, effects: readonly Effect[]): void {
    const before = this.#before.get(member);
    if (before === undefined) return;
    // An author hears its own frames as well, which says nothing.
    if (input.kind === "seen-again" && input.source === "live" && member.index === this.#author) return;
    const after = glanceAt(member.state, this.#id);
    this.#before.set(member, after);
    const nameOf = (participant: ParticipantId): string => this.#nameOf(participant);
    const events = eventsOf({ ...{ id: this.#id, member, input, effects }, before, after, nameOf });
    for (const event of events) this.#tell(member.index, event);
  }

  arrives(member: SimParticipant, frame: Frame, source: Source): void {
    if (frame.from === member.index) return;
    const followed = this.#follow(frame);
    if (followed === null || !followed.isMessage) return;
    const from = `m${frame.from}`;
    if (source === "store") {
      this.#tell(member.index, { kind: "came out of the Store", words: `gets ${followed.name} out of the Store` });
    } else if (followed.traffic === "repair") {
      this.#tell(member.index, { kind: "came by repair", words: `gets ${followed.name} live, a repair by ${from}` });
    } else this.#tell(member.index, { kind: "came live", words: `gets ${followed.name} live, from ${from}` });
  }

  refused(member: SimParticipant, frame: Frame, reason: string): void {
    if (this.#follow(frame)?.isMessage !== true) return;
    const kind = frame.forged ? "forged" : "no message";
    this.#tell(member.index, { kind, words: `refuses it: ${reason}` });
  }

  stopped(member: SimParticipant, how: "kill" | "power-cut"): void {
    const before = this.#before.get(member);
    if (before === undefined || !knows(before)) return;
    this.#tell(member.index, { kind: "process ended", words: how === "kill" ? "is killed" : "loses its power" });
  }

  booted(member: SimParticipant): void {
    const now = glanceAt(member.state, this.#id);
    const before = this.#before.get(member);
    if (before === undefined || !(knows(before) || knows(now))) return;
    const words = { buffered: "it waits", delivered: "it is in the log" };
    const held = now.status === null ? "it is not there" : words[now.status];
    const sending = now.stage === null ? "" : `, ${now.stage}`;
    this.#tell(member.index, { kind: "restarted", words: `starts again: ${held}${sending}` });
  }

  published(from: number, traffic: Traffic | "lie", frame: Frame): void {
    const followed = this.#follow(frame, traffic);
    if (followed?.isMessage !== true) return;
    this.#tell(from, { kind: "frame leaves", words: `${followed.name} leaves (${traffic})` });
  }

  archived(frame: Frame, kept: boolean): void {
    const followed = this.#follow(frame);
    if (followed?.isMessage !== true) return;
    const event: FollowEvent = kept
      ? { kind: "frame kept", words: `${followed.name} is kept by the Store` }
      : { kind: "frame not kept", words: `${followed.name} is kept by no Store` };
    this.#tell(frame.from, event);
  }

  carried(frame: Frame, to: number, fate: Fate): void {
    if (to === frame.from) return;
    const followed = this.#follow(frame);
    if (followed === null) return;
    if (followed.isMessage) this.#tell(to, fateOf(followed.name, fate));
    // Of syncs only what its author does not get to know.
    else if (to === this.#author && fate.kind !== "on-its-way") {
      this.#tell(to, { kind: "sync lost", words: `does not get m${frame.from}'s sync that lists it` });
    }
  }

  #follow(frame: Frame, traffic: Traffic | "lie" = "content"): Followed | null {
    const known = this.#frames.get(frame);
    if (known !== undefined) return known;
    const decoded = decodeFrame(frame.bytes);
    if (typeof decoded === "string") return null;
    const isMessage = decoded.kind === "content" && decoded.content.id === this.#id;
    const lists = decoded.kind === "sync" && decoded.claim.listed.some(({ messageId }) => messageId === this.#id);
    if (!isMessage && !lists) return null;
    const name = isMessage ? `frame ${++this.#frameCount}` : "a sync";
    const followed = { name, isMessage, traffic };
    this.#frames.set(frame, followed);
    return followed;
  }

  #nameOf(participant: ParticipantId | undefined): string {
    return (participant === undefined ? undefined : this.#names.get(participant)) ?? "somebody";
  }

  #tell(member: number, event: FollowEvent): void {
    this.#print(lineOf(this.#world.now(), `m${member}`, event));
  }
}

function fateOf(name: string, fate: Fate): FollowEvent {
  switch (fate.kind) {
    case "lost":
      return { kind: "frame lost", words: `does not get ${name}: lost on the way` };
    case "divided":
      return { kind: "frame divided", words: `does not get ${name}: the network is divided` };
    case "missed":
      return { kind: "frame missed", words: `does not get ${name}: it was away when it came` };
    case "on-its-way": {
      const ways = fate.ms.map((ms) => `${(ms / 1_000).toFixed(3)} s`).join(" and ");
      if (fate.ms.length > 1) return { kind: "frame duplicated", words: `will get ${name} twice, in ${ways}` };
      return { kind: "frame on its way", words: `will get ${name} in ${ways}` };
    }
  }
}

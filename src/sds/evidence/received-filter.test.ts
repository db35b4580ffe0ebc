import { describe, expect, it, test } from "vitest";
import type { ChannelState } from "../channel-state.ts";
import { BloomFilter, bloomShape } from "../filter/bloom-filter.ts";
import { bloomOptions } from "../filter/bloom-gate.ts";
import type { Effect } from "../io/effect.ts";
import type { Environment } from "../io/step-context.ts";
import type { IncomingContent, StepInput } from "../io/step-input.ts";
import { deliveryStateOf } from "../outbox/delivery-state.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../parameters/parameters.ts";
import { restore } from "../restore.ts";
import { nextWakeAt } from "../schedules.ts";
import { prepare, step } from "../step.ts";
import { OneCore } from "../testing/one-core.ts";
import { asChannelId, asMessageId, asParticipantId, type MessageId } from "../wire/ids.ts";
import { receivedBy } from "./received-by.ts";
import { possibleReceipts } from "./received-filter.ts";

const START = 1_760_000_000_000;
const OPTIONS = bloomOptions(CHANNEL_PARAMETER_DEFAULTS);
const SELF = asParticipantId("me");
const EMPTY = { messages: [], outbox: [], participants: [], holes: [], meta: {} };

class Channel {
  readonly state: ChannelState;
  now = START;
  readonly effects: Effect[] = [];
  readonly #random = { next: 1 };

  constructor(profile: "community" | "sds" = "community") {
    const channelId = asChannelId("channel");
    const identity = {
      channelId,
      self: SELF,
      publicKey: Uint8Array.of(0),
      profile,
      parameters: CHANNEL_PARAMETER_DEFAULTS,
    };
    this.state = restore(identity, EMPTY, this.env).state;
    this.step({ kind: "connection", online: true });
  }

  get env(): Environment {
    const draw = () => {
      this.#random.next = (this.#random.next * 48_271) % 2_147_483_647;
      return this.#random.next / 2_147_483_647;
    };
    return { now: this.now, random: draw };
  }

  step(input: StepInput): void {
    this.effects.push(...step(this.state, input, this.env));
  }

  say(name: string): MessageId {
    const { authorSeq, lamport, parents } = prepare(this.state, this.env);
    const content: IncomingContent = {
      ...{
        id: asMessageId(name),
        lamport,
        sender: SELF,
        signed: true,
        publicKey: Uint8Array.of(0),
        authorSeq,
        type: 1,
      },
      ...{ composedAt: lamport, parents, bytes: Uint8Array.of(1), profileName: null },
    };
    this.step({ kind: "composed", content, requestId: name });
    return content.id;
  }

  hear(by: string, said: { readonly filter?: Uint8Array; readonly lamport?: number; readonly signed?: boolean }): void {
    const { filter, lamport = ++this.now, signed = true } = said;
    this.step({
      kind: "receive-sync",
      source: "live",
      claim: {
        ...{ sender: asParticipantId(by), signed, publicKey: signed ? Uint8Array.of(by.length) : null, by: "sync" },
        ...{ lamport, completeSince: START, listed: [], bloomFilter: filter },
        ...{ repairRequests: [], receiptsWantedFrom: null },
      },
    });
  }

  possible(id: MessageId) {
    return possibleReceipts(this.state, id).map(({ participant, signed }) => [`${participant.id}`, signed]);
  }

  rejected() {
    return this.effects.flatMap((effect) => (effect.kind === "reject" ? [effect.reason] : []));
  }

  /** Lets time pass with every wake that is asked for; what was sent meanwhile. */
  passTo(at: number) {
    const before = this.effects.length;
    for (let wakeAt = nextWakeAt(this.state, this.now); wakeAt <= at; wakeAt = nextWakeAt(this.state, this.now)) {
      this.now = Math.max(this.now + 1, wakeAt);
      this.step({ kind: "wake" });
    }
    this.now = Math.max(this.now, at);
    return this.effects.slice(before).flatMap((effect) => (effect.kind === "send-sync" ? [effect.sync] : []));
  }
}

function filterOf(...ids: readonly string[]): Uint8Array {
  const filter = new BloomFilter(OPTIONS);
  for (const id of ids) filter.insert(id);
  return filter.toBytes();
}

describe("a filter of somebody else", () => {
  //= protocol: CLAIM-6, FILTER-7
  it("is a detail with the chance that it errs, and changes nothing else", () => {
    const channel = new Channel();
    const id = channel.say("hello");
    channel.hear("ben", { filter: filterOf(id, "other") });
    const [possible] = possibleReceipts(channel.state, id);
    expect(possible?.participant.id).toBe("ben");
    expect(possible?.chance).toBeCloseTo((20 / 150_000) ** 10, 40);
    const entry = channel.state.log.entries.get(id);
    if (entry === undefined) throw new Error("not held");
    const received = receivedBy(channel.state, entry);
    expect(received.size).toBe(0);
    const item = channel.state.outbox.items.get(id);
    if (item === undefined) throw new Error("not in the outbox");
    expect(deliveryStateOf({ received, audience: [1], level: "any" }, item).kind).toBe("sending");
    expect(channel.state.outbox.open.has(item)).toBe(true);
  });

  //= protocol: FILTER-5
  it("is the newest only: older ones, replayed ones and those from the future are not taken", () => {
    const channel = new Channel();
    const [first, second] = [channel.say("first"), channel.say("second")];
    channel.hear("ben", { filter: filterOf(first), lamport: START + 10 });
    channel.hear("ben", { filter: filterOf(second), lamport: START + 9 });
    channel.hear("ben", { filter: filterOf(second), lamport: START + 11 * 60_000 });
    expect([channel.possible(first), channel.possible(second)]).toEqual([[["ben", true]], []]);
    channel.hear("ben", { filter: filterOf(second), lamport: START + 11 });
    expect([channel.possible(first), channel.possible(second)]).toEqual([[], [["ben", true]]]);
    channel.hear("ben", {});
    expect(channel.possible(second)).toEqual([["ben", true]]);
  });

  //= protocol: FILTER-6
  it("is ignored, by reason, when it claims too much; the one before stays", () => {
    const channel = new Channel();
    const id = channel.say("hello");
    channel.hear("ben", { filter: filterOf(id) });
    channel.hear("ben", { filter: new Uint8Array(bloomShape(OPTIONS).byteLength).fill(255) });
    channel.hear("ben", { filter: Uint8Array.of(1) });
    expect(channel.rejected()).toEqual(["bloom-full", "bloom-length"]);
    expect(channel.possible(id)).toEqual([["ben", true]]);
  });

  //= protocol: PROFILE-1, FILTER-7
  it("of a plain client counts as unsigned in profile sds, and not at all in a community", () => {
    for (const profile of ["sds", "community"] as const) {
      const channel = new Channel(profile);
      const id = channel.say("hello");
      channel.hear("plain", { filter: filterOf(id), signed: false });
      expect(channel.possible(id)).toEqual(profile === "sds" ? [["plain", false]] : []);
    }
  });

  //= protocol: LIMIT-10
  it("is kept for so many participants, the newest", () => {
    const channel = new Channel();
    const id = channel.say("hello");
    for (let index = 0; index < 300; index++) channel.hear(`member ${index}`, { filter: filterOf(id) });
    expect(channel.state.evidence.filters.holders.size).toBe(256);
    expect(channel.possible(id)[0]).toEqual(["member 44", true]);
    expect(channel.state.participants.all.filter(({ filter }) => filter !== null).length).toBe(256);
  });
});

describe("a filter of ours", () => {
  //= protocol: SYNC-6, PROFILE-6
  it("is on every sync of profile sds but idle ones", () => {
    const channel = new Channel("sds");
    const [hello, ...others] = channel.passTo(START + 3_600_000);
    expect(hello?.bloomFilter).toBeDefined();
    expect(others.length).toBeGreaterThan(2);
    for (const sync of others) expect(sync.bloomFilter).toBeUndefined();
  });

  //= protocol: SYNC-6, PROFILE-1
  it("is on a sync of a community when more ids are open than it can name, never on an idle one", () => {
    const channel = new Channel();
    channel.passTo(START + 100_000);
    receiveChain(channel, 70);
    // A hole above them all: only naming them proves that they are here.
    const gap = { id: asMessageId("gap"), lamport: channel.now - 1 };
    receive(channel, "after the gap", [gap]);
    const syncs = channel.passTo(channel.now + 40 * 60_000);
    const withFilter = syncs.filter(({ bloomFilter }) => bloomFilter !== undefined);
    expect(withFilter.length).toBeGreaterThan(0);
    const read = BloomFilter.fromBytes(withFilter[0]?.bloomFilter ?? new Uint8Array(), OPTIONS);
    for (let index = 0; index < 70; index++) expect(read?.has(`chain ${index}`)).toBe(true);
    expect(syncs.at(-1)?.bloomFilter).toBeUndefined();
  });
});

function receiveChain(channel: Channel, length: number): void {
  let before: readonly { readonly id: MessageId; readonly lamport: number }[] = [];
  for (let index = 0; index < length; index++) before = [receive(channel, `chain ${index}`, before)];
}

function receive(
  channel: Channel,
  name: string,
  parents: readonly { readonly id: MessageId; readonly lamport: number }[],
): { readonly id: MessageId; readonly lamport: number } {
  const id = asMessageId(name);
  const lamport = ++channel.now;
  const content: IncomingContent = {
    ...{
      id,
      lamport,
      sender: asParticipantId("ada"),
      signed: true,
      publicKey: Uint8Array.of(7),
      authorSeq: null,
      type: 1,
    },
    ...{ composedAt: lamport, parents, bytes: Uint8Array.of(1), profileName: null },
  };
  channel.step({ kind: "receive-content", content, claim: null, source: "live", hint: undefined });
  return { id, lamport };
}

//= protocol: PROFILE-6, FILTER-4
test("content of profile sds carries the filter of what was delivered, after a restart too; of a community none", () => {
  for (const profile of ["sds", "community"] as const) {
    const core = new OneCore({}, profile);
    core.online();
    core.receive("theirs", "ben");
    core.receive("waits", "ben", { parents: [{ id: asMessageId("never"), lamport: core.now - 1 }] });
    for (const run of [1, 2]) {
      const { bloomFilter } = prepare(core.state, { now: core.now, random: () => 0.5 });
      const read = bloomFilter === undefined ? null : BloomFilter.fromBytes(bloomFilter, OPTIONS);
      const has = read === null ? null : ["theirs", "waits"].map((id) => read.has(id));
      expect(has, `${profile}, run ${run}`).toEqual(profile === "sds" ? [true, false] : null);
      core.restart();
    }
  }
});

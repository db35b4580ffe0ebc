import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import { checkConverged } from "../core/invariants/end.ts";
import type { Action } from "../core/script/script.ts";
import { CALM, type Settings } from "../core/script/settings.ts";
import { World } from "../core/world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A network with one message in five lost on every link, 50 to 400 ms, and no Store. */
const LOSSY: Settings = {
  ...CALM,
  latencyMs: [50, 400],
  archive: { absent: true, lagMs: 0, omission: 0 },
  messages: 0,
};

export interface GroupFigures {
  readonly participants: number;
  readonly loss: number;
  readonly messages: number;
  readonly deliveredPercent: number;
  readonly identicalLogs: boolean;
  /** Minutes after the last message until everybody had everything and every author knew it. */
  readonly settledMinutes: number;
  readonly framesPerDelivery: number;
  readonly sdsBytesPerDelivery: number;
  readonly payloadBytesPerDelivery: number;
}

/**
 * Everybody writes every 15 seconds for five minutes. Duplicates, causes, receipts and everything else that the oracle
 * watches would have thrown a `Violation`. Bytes are those that were published, until nothing was wanting.
 */
export function busyGroup(participants: number, loss: number, seed: number): GroupFigures {
  const random = createSeededRandom(seed);
  const settings: Settings = { ...LOSSY, seed, participants, loss };
  const world = new World({ settings });
  const actions = joins(participants);
  for (let member = 0; member < participants; member++) {
    for (let at = MINUTE + random.next() * 15 * SECOND; at < 6 * MINUTE; at += 15 * SECOND) {
      actions.push({ at: Math.floor(at), kind: "say", member, text: "x".repeat(100), type: 1 });
    }
  }
  world.play(actions);
  world.run(6 * MINUTE);
  let settledMinutes = 0;
  for (; settledMinutes < 12 * 60 && checkConverged(world) !== null; settledMinutes++) world.run(MINUTE);
  world.observer.checkAll();
  const { messages, deliveries } = world.observer.counts;
  const logs = new Set(world.members.map((member) => [...member.state.log.order].map(({ id }) => id).join()));
  return {
    ...{ participants, loss, messages, identicalLogs: logs.size === 1, settledMinutes },
    deliveredPercent: (100 * deliveries) / (messages * (participants - 1)),
    framesPerDelivery: round(world.bytes.frames / deliveries),
    sdsBytesPerDelivery: Math.round(world.bytes.sds / deliveries),
    payloadBytesPerDelivery: Math.round(world.bytes.payload / deliveries),
  };
}

export interface ReceiptFigures {
  readonly participants: number;
  /** Whether one receiver is enough for a message, or all are asked for. */
  readonly level: "any one" | "everyone";
  /** Time between two messages of the group. */
  readonly everySeconds: number;
  readonly messages: number;
  /** Seconds until the author knew that everybody has it. */
  readonly p50: number;
  readonly p99: number;
  /** Messages of which the author did not know it when the run ended, four hours after the last. */
  readonly unknown: number;
}

/** Messages by anybody after half an hour in which all met, with one in five lost and no Store. */
export function timeToReceipts(
  participants: number,
  everyMs: number,
  runs: number,
  perRun: number,
  level: "any one" | "everyone",
): ReceiptFigures {
  const times: number[] = [];
  let unknown = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const settings: Settings = { ...LOSSY, seed, participants, loss: 0.2, parameters: { levelPercent: 100 } };
    const world = new World({ settings });
    const type = level === "everyone" ? MESSAGE_TYPE.announcement : MESSAGE_TYPE.chat;
    world.play([...joins(participants), ...spreadMessages(participants, everyMs, perRun, seed, type)]);
    world.run(30 * MINUTE + perRun * everyMs + 4 * HOUR);
    for (const { content, at } of world.observer.truths.values()) {
      const receipts = world.observer.receipts.get(content.id);
      if (receipts?.size === participants - 1) times.push((Math.max(...receipts.values()) - at) / SECOND);
      else unknown++;
    }
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number): number => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
  const everySeconds = everyMs / SECOND;
  return {
    participants,
    level,
    everySeconds,
    messages: times.length + unknown,
    p50: quantile(0.5),
    p99: quantile(0.99),
    unknown,
  };
}

function spreadMessages(participants: number, everyMs: number, count: number, seed: number, type: number): Action[] {
  const random = createSeededRandom(seed + 0.5);
  return Array.from({ length: count }, (_, number) => {
    const at = 30 * MINUTE + Math.floor((number + random.next()) * everyMs);
    return { at, kind: "say", member: Math.floor(random.next() * participants), text: "x".repeat(100), type };
  });
}

export interface IdleFigures {
  readonly participants: number;
  readonly frames: number;
  readonly sdsBytes: number;
  readonly payloadBytes: number;
}

/** What all together publish in a day in which nobody says anything, after the first hour. */
export function idleDay(participants: number, seed: number): IdleFigures {
  const world = new World({ settings: { ...LOSSY, seed, participants, loss: 0.2 } });
  const actions = joins(participants);
  for (let number = 0; number < 10; number++) {
    actions.push({
      at: 5 * MINUTE + number * 10 * SECOND,
      kind: "say",
      member: number % participants,
      text: "hello",
      type: 1,
    });
  }
  world.play(actions);
  world.run(HOUR);
  const before = { ...world.bytes };
  world.run(24 * HOUR);
  return {
    participants,
    frames: world.bytes.frames - before.frames,
    sdsBytes: world.bytes.sds - before.sds,
    payloadBytes: world.bytes.payload - before.payload,
  };
}

function joins(participants: number): Action[] {
  return Array.from({ length: participants }, (_, member) => ({ at: 0, kind: "join", member }));
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

import { createSeededRandom } from "../../src/runtime/seeded-random.ts";
import { MESSAGE_TYPE } from "../../src/sds/parameters/message-type.ts";
import type { MessageId } from "../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../core/members/participant.ts";
import type { Watcher } from "../core/members/surroundings.ts";
import { decodeFrame } from "../core/network/frame.ts";
import type { Action } from "../core/script/script.ts";
import { CALM, type Settings } from "../core/script/settings.ts";
import { World } from "../core/world.ts";

/**
 * The targets that the authors of SDS set for it. With a message in the group every S seconds: its author knows of one
 * receiver within S; nine tenths of what somebody missed is noticed within 3 S; all have it within 6 S.
 */
export const TARGET_S_MS = 5_000;

const MINUTE = 60_000;
/** All have met, and nobody's first words are in the figures. */
const WARM_UP_MS = 10 * MINUTE;
const MEASURED_MS = 30 * MINUTE;
/** What is late may still come. */
const AFTER_MS = 20 * MINUTE;

export interface TargetCase {
  readonly participants: number;
  readonly loss: number;
  readonly store: boolean;
}

/** How long it took, in seconds, and the share that was within the target. Infinity: not within 20 minutes. */
export interface Spread {
  readonly count: number;
  readonly withinPercent: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export interface TargetFigures extends TargetCase {
  /** From a message's acceptance to the first receipt of it that its author has. */
  readonly known: Spread;
  /** From its acceptance to the moment when somebody whose link lost its first frame misses its id, or has it. */
  readonly noticed: Spread;
  /** From its acceptance to its delivery by the last of all others. */
  readonly consistent: Spread;
  /** All that was published from the first measured message on, by the deliveries of these. */
  readonly payloadBytesPerDelivery: number;
}

/** All cases: small groups first, then by loss. */
export function targetCases(): TargetCase[] {
  return [5, 20].flatMap((participants) =>
    [0, 0.1, 0.2].flatMap((loss) => [false, true].map((store) => ({ participants, loss, store }))),
  );
}

/** Somebody writes 100 characters in every S of half an hour, 50 to 400 ms away from the others; over so many seeds. */
export function targetsOf(one: TargetCase, seeds: number): TargetFigures {
  const all = new TargetWatch();
  let [bytes, deliveries] = [0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const { participants, loss, store } = one;
    const settings: Settings = {
      ...CALM,
      ...{ seed, participants, loss, messages: 0, latencyMs: [50, 400] },
      archive: { absent: !store, lagMs: 500, omission: 0 },
    };
    const world = new World({ settings, watch: (watched) => all.begin(watched) });
    world.play([...joins(participants), ...words(participants, seed)]);
    world.run(WARM_UP_MS);
    const before = world.bytes.payload;
    const deliveredBefore = world.observer.counts.deliveries;
    world.run(MEASURED_MS + AFTER_MS);
    world.observer.checkAll();
    bytes += world.bytes.payload - before;
    deliveries += world.observer.counts.deliveries - deliveredBefore;
    all.end(world);
  }
  return { ...one, ...all.figures(), payloadBytesPerDelivery: Math.round(bytes / deliveries) };
}

function joins(participants: number): Action[] {
  return Array.from({ length: participants }, (_, member) => ({ at: 0, kind: "join", member }));
}

function words(participants: number, seed: number): Action[] {
  const random = createSeededRandom(seed + 0.5);
  return Array.from({ length: MEASURED_MS / TARGET_S_MS }, (_, number) => {
    const at = WARM_UP_MS + Math.floor((number + random.next()) * TARGET_S_MS);
    const member = Math.floor(random.next() * participants);
    return { at, kind: "say", member, text: "x".repeat(100), type: MESSAGE_TYPE.chat };
  });
}

/** What is open of one message, by member: each is struck off when it is there. */
interface Open {
  readonly id: MessageId;
  readonly at: number;
  /** Whose link lost the first frame, and who has not noticed yet. */
  readonly unnoticed: Set<number>;
  readonly undelivered: Set<number>;
}

/** Looks after each step of a member at what it has come to know. */
class TargetWatch {
  readonly #known: number[] = [];
  readonly #noticed: number[] = [];
  readonly #consistent: number[] = [];
  #open = new Map<MessageId, Open>();

  begin(world: World): Watcher {
    this.#open = new Map();
    const nothing = (): void => {};
    const firstFrames = new Map<Uint8Array, Open>();
    return {
      ...{ accepted: nothing, stepping: nothing, arrives: nothing, refused: nothing, stopped: nothing },
      ...{ booted: nothing, archived: nothing },
      composed: (member, { id }) => {
        const others = world.members.filter((other) => other !== member).map(({ index }) => index);
        this.#open.set(id, { id, at: world.now(), unnoticed: new Set(), undelivered: new Set(others) });
      },
      published: (_from, traffic, { bytes, hash }) => {
        const decoded = decodeFrame(bytes);
        if (traffic !== "content" || typeof decoded === "string" || decoded.kind !== "content") return;
        const open = this.#open.get(decoded.content.id);
        if (open !== undefined) firstFrames.set(hash, open);
      },
      carried: ({ hash, from }, to, fate) => {
        if (fate.kind === "lost" && from !== to) firstFrames.get(hash)?.unnoticed.add(to);
      },
      stepped: (member) => this.#look(member, world.now()),
    };
  }

  /** What is still open never came to pass within the run. */
  end(world: World): void {
    for (const { unnoticed, undelivered } of this.#open.values()) {
      for (const _ of unnoticed) this.#noticed.push(Number.POSITIVE_INFINITY);
      if (undelivered.size > 0) this.#consistent.push(Number.POSITIVE_INFINITY);
    }
    for (const { content, at } of world.observer.truths.values()) {
      const receipts = world.observer.receipts.get(content.id)?.values() ?? [];
      this.#known.push(Math.min(Number.POSITIVE_INFINITY, ...receipts) - at);
    }
  }

  figures(): Pick<TargetFigures, "known" | "noticed" | "consistent"> {
    return {
      known: spreadOf(this.#known, TARGET_S_MS),
      noticed: spreadOf(this.#noticed, 3 * TARGET_S_MS),
      consistent: spreadOf(this.#consistent, 6 * TARGET_S_MS),
    };
  }

  #look({ index, state }: SimParticipant, now: number): void {
    for (const { id, at, unnoticed, undelivered } of this.#open.values()) {
      const entry = state.log.entries.get(id);
      if (unnoticed.has(index) && (entry !== undefined || state.holes.missing.has(id))) {
        unnoticed.delete(index);
        this.#noticed.push(now - at);
      }
      if (entry?.status === "delivered" && undelivered.delete(index) && undelivered.size === 0) {
        this.#consistent.push(now - at);
        this.#open.delete(id);
      }
    }
  }
}

function spreadOf(times: number[], target: number): Spread {
  times.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    Number(((times[Math.floor(share * (times.length - 1))] ?? 0) / 1_000).toFixed(1));
  const within = times.filter((time) => time <= target).length;
  return {
    count: times.length,
    withinPercent: Number(((100 * within) / Math.max(1, times.length)).toFixed(1)),
    ...{ p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) },
  };
}

/** One row for each case: the share within the target, and how many seconds it took. */
export function targetTable(figures: readonly TargetFigures[]): string {
  const cell = ({ count, withinPercent, p50, p90, p99 }: Spread): string =>
    count === 0 ? "nothing" : `${withinPercent} % (${p50} / ${p90} / ${p99})`;
  const lines = [
    "| participants | loss | Store | one receiver known in S | missed, noticed in 3 S | all have it in 6 S | payload bytes a delivery |",
    "|---|---|---|---|---|---|---|",
    ...figures.map(({ participants, loss, store, known, noticed, consistent, payloadBytesPerDelivery }) => {
      const spreads = [known, noticed, consistent].map(cell).join(" | ");
      return `| ${participants} | ${100 * loss} % | ${store ? "yes" : "no"} | ${spreads} | ${payloadBytesPerDelivery} |`;
    }),
  ];
  return lines.join("\n");
}

import type { Random } from "../../src/runtime/port.ts";
import type { VirtualClock } from "../../src/runtime/virtual-clock.ts";
import type { HistoryQuery, InboundFrame, OutboundFrame } from "../../src/transport/port.ts";
import { hashOfNumber } from "../core/network/archive.ts";
import type { Settings } from "../core/script/settings.ts";

interface Kept {
  readonly frame: InboundFrame;
  readonly from: number;
}

/** The network of the full-stack worlds: encrypted payloads, lossy links, partitions, a Store. */
export class Air {
  readonly clock: VirtualClock;
  readonly #settings: Settings;
  readonly #random: Random;
  readonly #receive: (member: number, frame: InboundFrame) => void;
  readonly #kept: Kept[] = [];
  readonly faults = { lost: 0, duplicated: 0, publishFailures: 0 };
  /** Members and guests. */
  hearers: number;
  archiveUp: boolean;
  sides: readonly number[] = [];
  #frames = 0;

  constructor(
    clock: VirtualClock,
    settings: Settings,
    random: Random,
    receive: (member: number, frame: InboundFrame) => void,
  ) {
    this.clock = clock;
    this.#settings = settings;
    this.#random = random;
    this.#receive = receive;
    this.hearers = settings.participants;
    this.archiveUp = !settings.archive.absent;
  }

  latency(): number {
    const [min, max] = this.#settings.latencyMs;
    return Math.floor(min + this.#random.next() * (max - min));
  }

  /** Whether a publication leaves, and whether its author learns of it. */
  publishing(): { readonly leaves: boolean; readonly told: boolean } {
    const fails = this.#random.next() < this.#settings.publishFailure;
    const leaves = !fails || this.#random.next() < 0.5;
    if (fails) this.faults.publishFailures++;
    return { leaves, told: !fails };
  }

  broadcast(from: number, outbound: OutboundFrame): InboundFrame {
    const frame: InboundFrame = { ...outbound, payload: outbound.payload.slice(), hash: hashOfNumber(++this.#frames) };
    this.#keep(from, frame);
    const { loss, duplication } = this.#settings;
    for (let member = 0; member < this.hearers; member++) {
      if (!this.#sees(from, member)) continue;
      if (this.#random.next() < loss) {
        this.faults.lost++;
        continue;
      }
      const copies = this.#random.next() < duplication ? 2 : 1;
      this.faults.duplicated += copies - 1;
      for (let copy = 0; copy < copies; copy++) this.clock.schedule(this.latency(), () => this.#receive(member, frame));
    }
    return frame;
  }

  /** Null when the Store cannot be reached. */
  history(member: number, query: HistoryQuery): InboundFrame[] | null {
    if (!this.archiveUp || (this.sides[member] ?? 0) !== 0) return null;
    const now = this.clock.now();
    const found = this.#kept.filter(({ from }) => from <= now).map(({ frame }) => frame);
    if (query.by === "time") {
      return found.filter(({ timestamp = 0 }) => timestamp >= query.from && timestamp < query.to);
    }
    const wanted = new Set(query.hashes.map((hash) => hash.join()));
    return found.filter(({ hash }) => wanted.has(hash.join()));
  }

  #keep(from: number, frame: InboundFrame): void {
    const { absent, lagMs, omission } = this.#settings.archive;
    const omitted = this.#random.next() < omission;
    const lag = Math.floor(this.#random.next() * lagMs);
    if (absent || omitted || !this.archiveUp || frame.ephemeral || (this.sides[from] ?? 0) !== 0) return;
    this.#kept.push({ frame, from: this.clock.now() + lag });
  }

  #sees(one: number, other: number): boolean {
    return (this.sides[one] ?? 0) === (this.sides[other] ?? 0);
  }
}

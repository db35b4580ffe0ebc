import { timeWindows } from "../../../src/channel/receiving/time-windows.ts";
import type { WantedMessage } from "../../../src/sds/io/effect.ts";
import {
  HISTORY_OVERLAP_MS,
  HISTORY_POLL_MS,
  HORIZON_MS,
  LAMPORT_EMBARGO_MS,
} from "../../../src/sds/parameters/parameters.ts";
import type { Archive } from "../network/archive.ts";
import type { Frame } from "../network/frame.ts";

const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;

export interface HistoryHooks {
  readonly archive: Archive;
  readonly now: () => number;
  readonly trueNow: () => number;
  readonly reaches: () => boolean;
  /** How long an answer takes. */
  readonly latency: () => number;
  /** Runs only while this process lives. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly cursor: () => number;
  readonly onFrame: (frame: Frame) => void;
  readonly onRead: (cursor: number) => void;
}

/**
 * Reads the Store as the channel does (src/channel/receiving/history-reader.ts), without promises: from the cursor at each
 * reconnect and every 15 minutes, and single messages by hash or by the time around their Lamport timestamp.
 */
export class HistoryReading {
  readonly #hooks: HistoryHooks;
  #reading = false;
  #connected = false;
  #failures = 0;
  #cancel = (): void => {};

  constructor(hooks: HistoryHooks) {
    this.#hooks = hooks;
  }

  online(): void {
    this.#connected = true;
    this.#failures = 0;
    this.#plan(0);
  }

  offline(): void {
    this.#connected = false;
    this.#cancel();
  }

  fetch(wanted: readonly WantedMessage[]): void {
    const { archive, after, latency, reaches, trueNow, onFrame } = this.#hooks;
    after(latency(), () => {
      if (!reaches()) return;
      const found = wanted.flatMap(({ hint }) => (hint === undefined ? [] : (archive.withHash(hint, trueNow()) ?? [])));
      for (const { from, to } of timeWindows(wanted)) found.push(...archive.between(from, to, trueNow()));
      for (const frame of found) onFrame(frame);
    });
  }

  #plan(ms: number): void {
    this.#cancel();
    this.#cancel = this.#hooks.after(ms, () => this.#read());
  }

  #read(): void {
    if (this.#reading || !this.#connected) return;
    this.#reading = true;
    const { archive, after, latency, now, trueNow, reaches, cursor, onFrame, onRead } = this.#hooks;
    const startedAt = now();
    const useful = cursor() > 0 && cursor() <= startedAt;
    const from = useful ? cursor() - HISTORY_OVERLAP_MS : startedAt - HORIZON_MS;
    after(latency(), () => {
      this.#reading = false;
      if (!reaches()) {
        this.#plan(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures++));
        return;
      }
      this.#failures = 0;
      for (const frame of archive.between(from, startedAt + LAMPORT_EMBARGO_MS, trueNow())) onFrame(frame);
      onRead(startedAt);
      this.#plan(HISTORY_POLL_MS);
    });
  }
}

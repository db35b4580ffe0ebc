import type { OutboxEntry } from "../../../src/sds/outbox/outbox-entry.ts";
import type { ChannelParameters } from "../../../src/sds/parameters/parameters.ts";
import type { MessageId } from "../../../src/sds/wire/ids.ts";
import { checkInTime, checkNotEarly, type Moment, type Pause } from "./moment.ts";

/** Between these the next attempt is made. */
interface Next {
  readonly from: number;
  readonly by: number;
}

const AT_ONCE = { from: Number.NEGATIVE_INFINITY, by: Number.POSITIVE_INFINITY };

/** SEND-3, SEND-4: at once if nobody took it yet and the connection is new, else p7 doubling to p8 after the last result. */
export class Sending {
  readonly #next = new Map<MessageId, Next>();

  stepped({ member, now, state, input, effects }: Moment): void {
    if (input.kind === "attempt-result")
      this.#noteResult(state.outbox.items.get(input.id), now, state.identity.parameters);
    if (input.kind === "connection") {
      for (const { entry, taken } of state.outbox.open) if (!taken) this.#next.set(entry.id, { ...AT_ONCE, by: now });
    }
    for (const effect of effects) {
      if (effect.kind !== "send") continue;
      const next = this.#next.get(effect.id) ?? AT_ONCE;
      const what = (): string => `attempt ${effect.attempt} for ${effect.id}`;
      checkNotEarly({ member, now }, next.from, what);
      this.#next.delete(effect.id);
    }
  }

  pause(pause: Pause): void {
    const { state, isLimited } = pause;
    if (!state.clock.connection.online || isLimited) return;
    for (const { entry, stage, inFlight, replaced } of state.outbox.open) {
      const next = this.#next.get(entry.id);
      if (next === undefined || inFlight || replaced || (stage !== "queued" && stage !== "sent")) continue;
      checkInTime(pause, next.by, () => `the next attempt for ${entry.id}`);
    }
  }

  #noteResult(item: OutboxEntry | undefined, now: number, { resendFirstMs, resendMaxMs }: ChannelParameters): void {
    if (item === undefined || item.inFlight) return;
    const pauseMs = Math.min(resendMaxMs, resendFirstMs * 2 ** (item.attempts - 1));
    this.#next.set(item.entry.id, { from: now + 0.8 * pauseMs, by: now + 1.2 * pauseMs });
  }
}

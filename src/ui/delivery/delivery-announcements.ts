import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";
import type { Strings } from "../strings/strings.ts";
import { deliveryWords } from "./delivery-words.ts";

/** Changes of own messages are read out at most once in this time; failures at once. */
export const ANNOUNCE_EVERY_MS = 3_000;
const EXCERPT = 40;

export interface Announcer {
  /** One own message changed to `state`. */
  announce(id: string, text: string, state: DeliveryState): void;
  close(): void;
}

export interface AnnouncerOutput {
  readonly polite: (text: string) => void;
  readonly assertive: (text: string) => void;
}

/** What is worth interrupting somebody for: that people have it, or that something is wrong. Not each step on the way. */
function worthSaying(state: DeliveryState): boolean {
  return !["queued", "sending", "sent", "stored", "owner"].includes(state.kind);
}

export function excerpt(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT - 1)}…` : line;
}

interface Change {
  readonly text: string;
  readonly state: DeliveryState;
}

/** One sentence per outcome: "2 of your messages: Received by all 3. ..." */
function sentences(changes: readonly Change[], strings: Strings): string {
  const byWords = new Map<string, Change[]>();
  for (const change of changes) {
    const words = deliveryWords(change.state, strings.delivery);
    byWords.set(words, [...(byWords.get(words) ?? []), change]);
  }
  return [...byWords]
    .map(([words, same]) => {
      const only = same.length === 1 ? same[0] : undefined;
      return only === undefined
        ? strings.list.deliveryAnnouncementMany(same.length, words)
        : strings.list.deliveryAnnouncement(excerpt(only.text), words);
    })
    .join(". ");
}

/** Turns delivery changes into sentences for a screen reader, gathered so that a busy channel can still be listened to. */
export function createAnnouncer(strings: Strings, output: AnnouncerOutput): Announcer {
  const waiting = new Map<string, Change>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  const flush = (): void => {
    const changes = [...waiting.values()];
    waiting.clear();
    timer = changes.length === 0 ? null : setTimeout(flush, ANNOUNCE_EVERY_MS);
    if (changes.length > 0) output.polite(sentences(changes, strings));
  };

  return {
    announce(id, text, state) {
      if (state.kind === "failed") {
        waiting.delete(id);
        output.assertive(strings.list.deliveryAnnouncement(excerpt(text), deliveryWords(state, strings.delivery)));
        return;
      }
      if (!worthSaying(state)) return;
      waiting.set(id, { text, state });
      if (timer === null) flush();
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      waiting.clear();
    },
  };
}

import type { OutboxStage } from "../io/records.ts";
import type { Level } from "./level.ts";

/** What people are shown. `n` is null when nobody was known to be there when it was sent. */
export type DeliveryState =
  | { readonly kind: "queued" }
  | { readonly kind: "waiting" }
  | { readonly kind: "sending"; readonly attempt: number }
  | { readonly kind: "sent" }
  | { readonly kind: "stored" }
  | { readonly kind: "owner" }
  | { readonly kind: "received"; readonly k: number; readonly n: number | null }
  | { readonly kind: "level"; readonly percent: number; readonly k: number; readonly n: number }
  | { readonly kind: "everyone"; readonly n: number }
  | { readonly kind: "unconfirmed" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "stopped" }
  /** It has a timestamp from when this device's clock was wrong: others show it at `at` (ms since the epoch). */
  | { readonly kind: "ahead"; readonly at: number };

/** What can happen to an own message on its way. Evidence is somebody's signed word that they have it. */
export type OutboxEvent =
  | "attempt"
  | "taken"
  | "refused"
  | "refused-for-good"
  | "stored"
  | "evidence"
  | "silence"
  | "stop"
  | "again"
  | "again-after-taken";

/**
 * The life of an own message as a table: stage x event -> next stage; what is not listed changes nothing. It never
 * regresses by itself: a resend of a `sent` message leaves it `sent` and only raises the attempt number. Only a person
 * ("Send again", "Stop sending") moves it back.
 */
const TRANSITIONS: Readonly<Record<OutboxStage, Partial<Record<OutboxEvent, OutboxStage>>>> = {
  queued: { attempt: "sending", "refused-for-good": "failed", stored: "stored", evidence: "settled", stop: "stopped" },
  sending: {
    taken: "sent",
    refused: "queued",
    "refused-for-good": "failed",
    stored: "stored",
    evidence: "settled",
    silence: "unconfirmed",
    stop: "stopped",
  },
  sent: { stored: "stored", evidence: "settled", silence: "unconfirmed", stop: "stopped" },
  stored: { evidence: "settled", stop: "stopped" },
  unconfirmed: { stored: "stored", evidence: "settled", stop: "stopped", "again-after-taken": "sent" },
  failed: { stored: "stored", evidence: "settled", again: "queued", "again-after-taken": "sent" },
  // It may have left before it was stopped, so the word of somebody who has it still counts.
  stopped: { evidence: "settled", again: "queued", "again-after-taken": "sent" },
  settled: {},
};

export function nextStage(stage: OutboxStage, event: OutboxEvent): OutboxStage {
  //= protocol: SEND-7
  return TRANSITIONS[stage][event] ?? stage;
}

/** What is known of one message's receivers. All counts are of distinct signers, the author not among them. */
export interface Reception {
  /** Participants with exact evidence. */
  readonly received: ReadonlySet<number>;
  /** Participants who were present when it was sent; frozen then. */
  readonly audience: readonly number[];
  readonly level: Level;
}

/** How far an own message got, whoever has it. */
export interface Sending {
  readonly stage: OutboxStage;
  readonly attempts: number;
  readonly reason: string;
  /** Held back by the network's rate limit. */
  readonly limited: boolean;
  /** That it is kept was said too long ago. */
  readonly aged?: boolean;
}

/**
 * The headline: a fold over participants first, how far it got only where nobody confirmed. `n` is the audience as it was
 * when the message was sent; who came later and has it too is in the details, and changes no number here.
 */
export function deliveryStateOf(reception: Reception, sending: Sending): DeliveryState {
  return receivedState(reception) ?? stageState(sending);
}

/** Null when nobody confirmed. */
function receivedState({ received, audience, level }: Reception): DeliveryState | null {
  if (received.size === 0) return null;
  const k = audience.filter((participant) => received.has(participant)).length;
  const n = audience.length;
  // Nobody was known to be there, or only others have confirmed so far: a number of receivers, and no share.
  if (k === 0) return { kind: "received", k: received.size, n: null };
  if (k === n) return { kind: "everyone", n };
  if (typeof level === "number" && reachesLevel(k, n, level)) return { kind: "level", percent: level, k, n };
  return { kind: "received", k, n };
}

/** An empty audience reaches no level: it is unobserved, not satisfied. */
export function reachesLevel(confirmed: number, audience: number, percent: number): boolean {
  //= protocol: LEVEL-2
  return audience > 0 && confirmed * 100 >= audience * percent;
}

function stageState({ stage, attempts, reason, limited, aged }: Sending): DeliveryState {
  switch (stage) {
    case "queued":
      return { kind: limited ? "waiting" : "queued" };
    case "sending":
      return { kind: "sending", attempt: attempts };
    case "sent":
      return { kind: "sent" };
    case "stored":
      return { kind: aged === true ? "unconfirmed" : "stored" };
    case "unconfirmed":
      return { kind: "unconfirmed" };
    case "failed":
      return { kind: "failed", reason };
    case "stopped":
      return { kind: "stopped" };
    case "settled":
      // Evidence settled it, so `receivedState` answered before; kept total for a claim that was withdrawn on disk.
      return { kind: "sent" };
  }
}

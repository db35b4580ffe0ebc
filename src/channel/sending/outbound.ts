import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import type { Clock } from "../../runtime/port.ts";
import type { SyncDraft } from "../../sds/io/effect.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { type Transport, TransportError } from "../../transport/port.ts";
import type { BodyCache } from "../disk/body-cache.ts";
import { type Author, composeSync } from "./compose.ts";

/** A Store may take a moment to write what it was given. */
const CHECKPOINT_CHECK_MS = 3_000;

type Outcome = Extract<StepInput, { kind: "attempt-result" }>["outcome"];

/** What leaves: encrypted under the channel's key, and what became of it told to the protocol. */
export interface Outbound {
  content(id: MessageId, attempt: number): Promise<void>;
  sync(draft: SyncDraft): Promise<void>;
  repair(id: MessageId): Promise<void>;
  /** Rejects when the network does not take it. */
  ephemeral(bytes: Uint8Array): Promise<void>;
  close(): void;
}

export interface OutboundOptions {
  readonly author: Author;
  readonly key: Uint8Array;
  readonly contentTopic: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly bodies: BodyCache;
  /** Whether a Store gives this frame back. */
  readonly isKept: (hash: Uint8Array) => Promise<boolean>;
  readonly report: (result: Extract<StepInput, { kind: "attempt-result" | "checkpoint-result" }>) => void;
}

export function createOutbound(options: OutboundOptions): Outbound {
  const { author, key, contentTopic, transport, clock, bodies, isKept, report } = options;
  let cancelCheckpointCheck = (): void => {};
  let closed = false;

  async function publish(bytes: Uint8Array, ephemeral: boolean): Promise<Uint8Array> {
    //= protocol: LAYER-3, LAYER-6
    const payload = await encryptPayload(key, bytes);
    // Encrypting takes a moment, and nothing leaves after the channel was closed (docs/architecture.md, O5).
    if (closed) throw new TransportError("closed", "The channel was closed before this left.");
    const { hash } = await transport.publish({ contentTopic, payload, version: 1, ephemeral, timestamp: clock.now() });
    return hash;
  }

  async function attempt(id: MessageId): Promise<Outcome> {
    try {
      const bytes = await bodies.bytes(id);
      if (bytes === null) return { ok: false, reason: "Its text is no longer on this device.", retryable: false };
      //= protocol: LAYER-8, SEND-2
      return { ok: true, hint: await publish(bytes, false) };
    } catch (error) {
      const retryable = error instanceof TransportError ? error.retryable || error.code === "closed" : true;
      return { ok: false, reason: error instanceof Error ? error.message : "The network did not take it.", retryable };
    }
  }

  /** A checkpoint is for those who come later: only what the Store gives back will reach them. */
  function checkLater(hash: Uint8Array): void {
    cancelCheckpointCheck();
    cancelCheckpointCheck = clock.schedule(CHECKPOINT_CHECK_MS, () => {
      isKept(hash).then(
        (kept) => report({ kind: "checkpoint-result", kept }),
        () => report({ kind: "checkpoint-result", kept: false }),
      );
    });
  }

  return {
    content: async (id, number) => report({ kind: "attempt-result", id, attempt: number, outcome: await attempt(id) }),
    sync: async (draft) => {
      try {
        //= protocol: LAYER-7, LAYER-8
        const hash = await publish(await composeSync(author, draft), !draft.checkpoint);
        //= protocol: SYNC-9
        if (draft.checkpoint && !closed) checkLater(hash);
      } catch {
        // A lost sync is covered by the next one; while offline the next one is the hello after the reconnect.
      }
    },
    repair: async (id) => {
      try {
        const bytes = await bodies.bytes(id);
        //= protocol: LAYER-8, STATE-1
        if (bytes !== null) await publish(bytes, false);
      } catch {
        // Whoever misses it asks again.
      }
    },
    //= protocol: LAYER-7
    ephemeral: async (bytes) => void (await publish(bytes, true)),
    close: () => {
      closed = true;
      cancelCheckpointCheck();
    },
  };
}

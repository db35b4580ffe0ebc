import type { VerdictOf } from "../../identity/keys/verdicts.ts";
import { decryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import type { Source } from "../../sds/io/step-input.ts";
import type { InboundFrame } from "../../transport/port.ts";
import { type IncomingContext, judgeAhead, type OpenedFrame, openFrame } from "./opened-frame.ts";

/** A frame in the queue of those that wait for their turn. */
export interface ToOpen {
  readonly frame: InboundFrame;
  readonly source: Source;
}

/**
 * Opens frames ahead of their turn, some at once: decrypts and decodes them, and has their authors' signatures verified, all
 * of which engines do beside this thread. What is made of them is asked for one after the other, so it does not depend on
 * which is ready first.
 */
export interface Opening {
  /** Puts it behind all that wait. */
  add(frame: InboundFrame, source: Source): ToOpen;
  /** Its turn has come; null for what nobody with the key made. To be asked for in the order of `add`. */
  take(toOpen: ToOpen): Promise<OpenedFrame | null>;
  close(): void;
}

export interface OpeningOptions {
  readonly key: Uint8Array;
  readonly context: IncomingContext;
  readonly verdictOf: VerdictOf;
}

/**
 * Opened and waiting for their turn, or on the way there. Engines have four threads or so, and what is opened is held twice,
 * so more would cost memory: 16 of the longest take 2.4 MB.
 */
const AHEAD = 16;

/** Frames that are through are let go at once when no other waits, else so many together. */
const SWEEP_AFTER = 256;

export function createOpening({ key, context, verdictOf }: OpeningOptions): Opening {
  const opened = new Map<ToOpen, Promise<OpenedFrame | null>>();
  let unopened: ToOpen[] = [];
  let next = 0;
  let closed = false;

  async function open({ frame, source }: ToOpen): Promise<OpenedFrame | null> {
    const bytes = await decryptPayload(key, frame.payload);
    if (bytes === null || closed) return null;
    return await judgeAhead(openFrame(bytes), source, context, verdictOf);
  }

  function openAhead(): void {
    while (!closed && opened.size < AHEAD) {
      const toOpen = unopened[next];
      if (toOpen === undefined) break;
      next++;
      const opening = open(toOpen);
      opening.catch(() => {
        // Told to whoever takes it.
      });
      opened.set(toOpen, opening);
    }
    if (next < SWEEP_AFTER && next < unopened.length) return;
    unopened = unopened.slice(next);
    next = 0;
  }

  return {
    add: (frame, source) => {
      const toOpen = { frame, source };
      unopened.push(toOpen);
      openAhead();
      return toOpen;
    },
    take: async (toOpen) => {
      try {
        return (await opened.get(toOpen)) ?? null;
      } finally {
        opened.delete(toOpen);
        openAhead();
      }
    },
    close: () => {
      closed = true;
      unopened = [];
    },
  };
}

import type { StepContext } from "../io/step-context.ts";
import type { IncomingClaim, IncomingContent, Source } from "../io/step-input.ts";
import type { SyncAndBelow } from "../sync/sync-state.ts";
import type { MessageId } from "../wire/ids.ts";

/** What the room "receive" owns: what came too early, and how far history was read. */
export interface ReceiveState {
  /** Content from further ahead than clocks may be, until its time comes. */
  readonly embargoed: ReadonlyMap<MessageId, EmbargoedMessage>;
  /** The Store that was read last was read up to here, as wall time; 0: none ever was. */
  readonly historyCursor: number;
  /** The same of each service node, by its name, where there are several. */
  readonly historyCursors: ReadonlyMap<string, number>;
}

export interface IncomingMessage {
  readonly content: IncomingContent;
  readonly claim: IncomingClaim | null;
  readonly source: Source;
  readonly hint: Uint8Array | undefined;
}

/** One that waits for its time. */
export interface EmbargoedMessage extends IncomingMessage {
  /** A Store that keeps it took it in then or later. */
  readonly storedSince: number;
}

export interface ReceiveAndBelow extends SyncAndBelow {
  readonly receive: ReceiveState;
}

export function createReceiveState(): ReceiveState {
  return { embargoed: new Map(), historyCursor: 0, historyCursors: new Map() };
}

export type ReceiveContext = StepContext<ReceiveAndBelow>;

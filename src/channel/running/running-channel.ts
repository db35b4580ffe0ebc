import type { Signer } from "../../identity/port.ts";
import type { Clock, Random } from "../../runtime/port.ts";
import type { ChannelState } from "../../sds/channel-state.ts";
import type { ChannelIdentity } from "../../sds/io/step-context.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { ChannelStorage } from "../../storage/port.ts";
import type { Transport } from "../../transport/port.ts";
import type { EphemeralRequest, EphemeralView, SendRequest, StoredView } from "../api/channel-client.ts";
import type { BodyCache } from "../disk/body-cache.ts";
import type { DiskSpace } from "../disk/disk-space.ts";
import type { EventLog } from "../views/event-log.ts";
import type { StatusBoard } from "../views/status-board.ts";

export interface ChannelOptions {
  readonly identity: ChannelIdentity;
  /** 32 bytes; whoever has it reads and writes. */
  readonly key: Uint8Array;
  readonly signer: Signer;
  readonly storage: ChannelStorage;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Shared with all that is written to the same disk. Default: this channel has it for itself. */
  readonly space?: DiskSpace;
  /** From then on nothing waits for space on the disk, also while the channel is still being opened. Closing it is its own matter. */
  readonly ending?: AbortSignal;
  /** Of more messages than this the oldest are forgotten. Default: `MAX_HISTORY`. */
  readonly maxHistory?: number | undefined;
}

/** One reliable channel: runs the protocol on its inputs and performs its effects. */
export interface Channel {
  readonly state: ChannelState;
  readonly bodies: BodyCache;
  readonly events: EventLog;
  readonly status: StatusBoard;
  /** Messages refused, by reason. */
  readonly refusals: ReadonlyMap<string, number>;
  /** What was handed on and is in no log. */
  readonly counts: { readonly ephemeral: number };
  /** What the Store had last, while its past is read for the first time. */
  newestStored(): readonly StoredView[];
  now(): number;
  isClosed(): boolean;
  send(request: SendRequest): Promise<{ readonly id: MessageId }>;
  /** Says something to those who are there just now; resolves when the network took it. */
  sendEphemeral(request: EphemeralRequest): Promise<void>;
  /** Called with what others say to those who are there just now. Nothing of it is kept. */
  watchEphemeral(listener: (message: EphemeralView) => void): () => void;
  /** Deletes an own message: as if never said where it never left, hidden here where it may have. */
  remove(id: MessageId): Promise<void>;
  /** Sends an own message no more; one that never left is deleted. */
  stopSending(id: MessageId): Promise<void>;
  /** The id by which the log has a message now: that of one that was composed anew changed. */
  currentId(id: MessageId): MessageId;
  /** What a person has added to this device's clock, in milliseconds; resolves when it is on disk. */
  correctClock(correctionMs: number): Promise<void>;
  /** Something that a person asks for, or that happened; resolves when what follows from it is written. */
  dispatch(input: StepInput): Promise<void>;
  /** Called whenever the place up to which everything was read moved. */
  onRead(listener: () => void): void;
  /** Stops; everything accepted stays in storage. Resolves when all is written, each time that it is called. */
  close(): Promise<void>;
}

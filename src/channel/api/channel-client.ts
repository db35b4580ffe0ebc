import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";
import type { EphemeralType, SentType, ShownType } from "../../sds/parameters/message-type.ts";
import type { ChannelId, MessageId, ParticipantId } from "../../sds/wire/ids.ts";

/**
 * All that a user interface knows of a channel. Two implementations: direct (`channel.client()`) and over the bridge
 * (`connectChannel(port)`); both pass `channel-client.contract.ts`. Everything crosses a message port, so everything
 * here is plain data that structured clone and JSON both keep. Whatever is given, promises settle, and what is no such thing
 * is refused with `ChannelError` (`invalid`; `checks.ts`): functions that give no promise throw it.
 */
export interface ChannelClient {
  readonly channelId: ChannelId;
  /**
   * The newest page (`limit` is 1 to `MAX_PAGE`, 100 if left out), everybody known, and the sequence number from which events
   * go on.
   */
  snapshot(limit?: number): Promise<ChannelSnapshot>;
  /**
   * While the history is read for the first time (`ChannelStatus.reading`): what the Store had last, in log order, at most
   * `MAX_NEWEST_STORED`, verified but not in the log yet. Of them nobody's receipts are known, and no call knows their ids
   * before they are in the log. Empty at any other time.
   */
  newestStored(): Promise<readonly StoredView[]>;
  /** Messages and holes before a place in the log, newest last; `limit` is 1 to `MAX_PAGE`. */
  page(before: LogPosition, limit: number): Promise<LogPage>;
  /**
   * Events with seq > `afterSeq`, first those already written, then live, in order and without gaps. When the gap is
   * too long to replay, one `reset` event comes instead: take a new snapshot.
   */
  subscribe(afterSeq: number, listener: (event: ChannelEvent) => void): () => void;
  /** Called at once with the current status, then with each change. Status is a state, not an event: no seq. */
  watchStatus(listener: (status: ChannelStatus) => void): () => void;
  /**
   * Resolves once the message is durable (P1). `requestId` makes it idempotent: see there.
   * Rejects with `ChannelError`, and then nothing was sent or kept.
   */
  send(request: SendRequest): Promise<{ readonly id: MessageId }>;
  /**
   * Says something to those who are there just now, once. Nobody keeps it, confirms it or repairs it. Resolves when the
   * network took it; rejects with `not-sent` while offline or over the network's rate limit.
   */
  sendEphemeral(request: EphemeralRequest): Promise<void>;
  /** What others say to those who are there just now, as it comes. What is said while nobody listens is gone. */
  watchEphemeral(listener: (message: EphemeralView) => void): () => void;
  /** Sends the same bytes again at once: after `failed`, `unconfirmed` or `stopped`. */
  sendAgain(id: MessageId): Promise<void>;
  /** Stops resending. It may have arrived; one that never left is deleted. */
  stopSending(id: MessageId): Promise<void>;
  /**
   * Deletes an own message. If it never left, it is as if it had not been said (own messages written after it get new ids).
   * If it may have left, it is not sent any more and its text is deleted here; who has it keeps it.
   */
  remove(id: MessageId): Promise<void>;
  /** Asks Store and participants once more, at once, for a message that is missing. */
  fetchAgain(id: MessageId): Promise<void>;
  /**
   * A person's answer to `ChannelStatus.clockSuggestionMs`: this is added to the device's clock in this channel, in
   * milliseconds, 0 to go by the device's clock. Resolves once it is durable; the same answer again changes nothing. What the
   * others show other than that is not suggested again, until they show something else or the channel is opened anew.
   */
  correctClock(correctionMs: number): Promise<void>;
  /** Who has it, by which evidence, since when; attempts and bytes. */
  details(id: MessageId): Promise<MessageDetails>;
  /** Everything up to this place has been seen; for the unread count. */
  markRead(upTo: LogPosition): Promise<void>;
  close(): void;
}

/** A message to be said in the log (docs/protocol.md, section 9, Compose). */
export interface SendRequest {
  /**
   * Names this one wish to say something; 1 to 64 characters, a new one for each message (`crypto.randomUUID()`).
   * The same id with the same type, text and `levelPercent` is the same message: it is sent once and resolves with its
   * id, also after a restart, as long as the message is in the log of this device (received by others or not). With other
   * content it is refused as `invalid`; so it is when the text has gone from this device and cannot be compared. Free again
   * is the id of what was refused, of what was deleted, and of what was forgotten with the oldest history.
   */
  readonly requestId: string;
  readonly type: SentType;
  /** Not empty after trimming, at most `MAX_TEXT_BYTES` of UTF-8. */
  readonly text: string;
  /**
   * From which share of its audience this message wants receipts, a whole number from 1 to 100. Left out, its type
   * decides: a status wants none, an announcement the channel's share, all others want one.
   */
  readonly levelPercent?: number | undefined;
}

/** Something to be said to those who are there just now (docs/protocol.md, section 9, Ephemeral messages). */
export interface EphemeralRequest {
  readonly type: EphemeralType;
  /** Not empty after trimming, at most `MAX_TEXT_BYTES` of UTF-8. */
  readonly text: string;
}

/** Something said for those who are there just now: in no order, in no log, confirmed by nobody. */
export interface EphemeralView {
  readonly id: MessageId;
  readonly author: ParticipantId;
  /** False: a plain SDS client's, unsigned (profile "sds"). */
  readonly signed: boolean;
  readonly type: MessageView["type"];
  readonly text: string;
  /** By the author's clock; null when unsigned. */
  readonly composedAt: number | null;
}

/** Why a call was refused: all codes, in this one list. */
export const CHANNEL_ERROR_CODES = [
  /** The text has nothing in it. */
  "empty",
  /** The text is longer than `MAX_TEXT_BYTES`. */
  "too-large",
  /** The network did not take it, and nothing was kept. */
  "not-sent",
  /** No such message or channel on this device. */
  "not-found",
  /** This device could not write; nothing was accepted, and nothing will be until the channel is opened anew. */
  "storage",
  /** The client, channel or host was closed. */
  "closed",
  /** No answer over the bridge; whether it was done is not known, and asking again is safe. */
  "timeout",
  /** The other end of the bridge is gone; the same holds. */
  "disconnected",
  /** An argument out of its range, or the request id of a message that says something else. */
  "invalid",
  /** An invite that leads nowhere; `message` says why. */
  "invalid-invite",
  /** The invite's owner did not sign it, or is not the owner of the joined channel that it names. */
  "wrong-key",
  /** It needs a newer version of Hearback, here or at the other end of the bridge. */
  "unsupported",
  /** Our mistake. */
  "internal",
] as const;

/** One of `CHANNEL_ERROR_CODES`, which say what each means. */
export type ChannelErrorCode = (typeof CHANNEL_ERROR_CODES)[number];

/** `message` is for people and says what to do; `code` is stable. Crosses the bridge as {code, message}. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
  readonly code: ChannelErrorCode;
  constructor(code: ChannelErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Total order of the log: by Lamport timestamp, then by id bytes. */
export interface LogPosition {
  readonly lamport: number;
  readonly id: MessageId;
}

/** A channel as it is now: enough to draw it. Events with a higher `seq` tell what changes (`subscribe`). */
export interface ChannelSnapshot {
  readonly channel: ChannelView;
  readonly me: ParticipantId;
  readonly participants: readonly ParticipantView[];
  /** The newest. */
  readonly page: LogPage;
  /** Messages of others that nobody on this device has seen. */
  readonly unread: number;
  /** Of the last event that is in it. */
  readonly seq: number;
}

/** What a channel is, by its descriptor (docs/protocol.md, section 7). */
export interface ChannelView {
  readonly id: ChannelId;
  readonly name: string;
  readonly profile: "community" | "sds";
  /** Bare invite code `hearback1...`. Whoever has it can read and write. */
  readonly inviteCode: string;
  /** The share of its audience that an announcement wants receipts from, 1 to 100. */
  readonly levelPercent: number;
}

/** A piece of the log without gaps, ascending in log order. */
export interface LogPage {
  readonly entries: readonly LogItem[];
  /** More history before the first entry. */
  readonly more: boolean;
}

/** What stands in a place of the log: a message, or a hole where one is missing. */
export type LogItem = ({ readonly kind: "message" } & MessageView) | ({ readonly kind: "hole" } & HoleView);

/** A message as it was said. */
export interface StoredView extends LogPosition {
  readonly author: ParticipantId;
  readonly mine: boolean;
  /** False: a plain SDS client's message, unsigned (profile "sds"). */
  readonly signed: boolean;
  readonly type: ShownType;
  /** Empty when it is no longer on this device: the disk was full, and the oldest had to go. */
  readonly text: string;
  readonly textKept: boolean;
  /** Milliseconds since the epoch, by the author's clock. */
  readonly composedAt: number;
}

/** A delivered message as it is shown. */
export interface MessageView extends StoredView {
  readonly delivery: DeliveryView;
}

/** Who has a message, as far as they said so themselves (docs/protocol.md, section 10). */
export interface DeliveryView {
  readonly state: DeliveryState;
  /** Participants with exact evidence, the author not among them; me when it is not mine. */
  readonly received: readonly ParticipantId[];
  /** Who was present when it was sent (mine) or delivered, the author not among them. */
  readonly audience: readonly ParticipantId[];
  /** How often it was handed to the network, or tried to; 0 when it is not mine. */
  readonly attempts: number;
}

/** A message that others refer to and we lack: shown dashed in its causal place. */
export interface HoleView extends LogPosition {
  /** lost: what builds on it is shown without it; it is still asked for. */
  readonly state: "fetching" | "lost";
  /** Milliseconds since the epoch: when it was first missed. */
  readonly since: number;
}

/** Somebody who was heard in the channel, this device included: one device with one key. */
export interface ParticipantView {
  readonly id: ParticipantId;
  readonly me: boolean;
  /** As they call themselves; empty if never heard. */
  readonly name: string;
  /** 0, 1, 2 ... in the order in which this device met them; for colour and letter. */
  readonly index: number;
  /** Milliseconds since the epoch, by this device's clock; 0 if never. */
  readonly heardAt: number;
  /** Heard within the presence window. */
  readonly present: boolean;
  /** False: a plain SDS client, known by unsigned words only; never a named receiver. */
  readonly signed: boolean;
  /** How often another signed message of theirs came under a number that they had used before. */
  readonly equivocations: number;
  /** Numbers between the first and the last of theirs that this device has not seen: never sent, or not received. */
  readonly gaps: number;
}

/**
 * What changed, in the order of `seq`, which rises by one with each event: a gap means that something was missed, and
 * `subscribe(seq)` gives it again. A `reset` stands for what is too much to replay.
 */
export type ChannelEvent =
  | { readonly kind: "entry"; readonly seq: number; readonly entry: LogItem; readonly unread: number }
  | { readonly kind: "delivery"; readonly seq: number; readonly updates: readonly DeliveryUpdate[] }
  | { readonly kind: "hole-closed"; readonly seq: number; readonly id: MessageId }
  /** An own message was deleted, or was composed anew and comes back under another id. */
  | { readonly kind: "removed"; readonly seq: number; readonly id: MessageId }
  | { readonly kind: "participant"; readonly seq: number; readonly participant: ParticipantView }
  /** Nothing to show (for example connectivity), sent so that sequence numbers have no gaps. */
  | { readonly kind: "tick"; readonly seq: number }
  | { readonly kind: "reset"; readonly seq: number };

/** The new `DeliveryView` of one message. */
export interface DeliveryUpdate {
  readonly id: MessageId;
  readonly delivery: DeliveryView;
}

/** How the channel is doing: connection, outbox, clock, storage. */
export interface ChannelStatus {
  /** `checking`: as online, but the service node has not answered for some seconds. */
  readonly connection: "connecting" | "online" | "checking" | "offline" | "closed";
  /** Service nodes connected. */
  readonly peers: number;
  /** Why it is offline, for people; else what a service node does that it should not, or does not do. Empty when all is well. */
  readonly reason: string;
  /** Own messages accepted and not yet taken by the network. */
  readonly waiting: number;
  /** Null unless the history is read for the first time on this device, from its oldest message on. */
  readonly reading: ReadingView | null;
  /** Messages from further ahead than clocks may be: shown when their time has come. */
  readonly embargoed: number;
  /** What a person had added to this device's clock, in milliseconds (`correctClock`). The channel goes by the sum. */
  readonly clockCorrectionMs: number;
  /**
   * What would have to be added instead to go with what most participants' clocks show, to be asked of a person; 0: nothing
   * any more. Null when there is nothing to ask. Above `MAX_CLOCK_CORRECTION_MS` the device itself has to be set right.
   */
  readonly clockSuggestionMs: number | null;
  /** Storage failed: nothing is accepted or published until the channel is opened anew. Empty when all is well. */
  readonly storageProblem: string;
  /** The same, because Hearback itself went wrong. */
  readonly mistake: boolean;
}

/** How far the history was read. */
export interface ReadingView {
  /** In the log so far. */
  readonly messages: number;
  /** How many `newestStored` gives. */
  readonly newest: number;
  /** No Store answers just now; it is asked again without anybody doing anything. */
  readonly waiting: boolean;
}

/** All that this device knows of one message. */
export interface MessageDetails {
  readonly id: MessageId;
  readonly delivery: DeliveryView;
  /** Milliseconds since the epoch, by the author's clock. */
  readonly composedAt: number;
  /** Its place in the log: a Lamport timestamp, in milliseconds since the epoch as far as clocks agree. */
  readonly lamport: number;
  /** Of the SDS message, before encryption. */
  readonly bytes: number;
  /** The author's number for it; null for a plain SDS client's. */
  readonly authorSeq: number | null;
  /** Another message of the author has the same number. */
  readonly numberShared: boolean;
  /** False: on a full disk this device gave up since when people have it, so `evidence` and `attempts` may lack some. */
  readonly timesKept: boolean;
  readonly evidence: readonly EvidenceView[];
  /** Whose bloom filter contains it, evidence or not. Never counted anywhere, and forgotten in a restart. */
  readonly possible: readonly PossibleView[];
  readonly attempts: readonly AttemptView[];
}

/** One participant's word that they have a message (docs/protocol.md, section 10). */
export interface EvidenceView {
  readonly participant: ParticipantId;
  /** In a message of the log, or in a sync. */
  readonly by: "content" | "sync";
  /** listed: named outright. ancestry: they have a later message and said they have everything it builds on. */
  readonly how: "listed" | "ancestry";
  /** False: an unsigned claim of a plain SDS client, never counted as received. */
  readonly signed: boolean;
  /** Milliseconds since the epoch: when this device learned of it. */
  readonly at: number;
}

/** "Probably": a bloom filter says that they have it. */
export interface PossibleView {
  readonly participant: ParticipantId;
  /** That the filter errs: from 0 to 1. */
  readonly chance: number;
  /** The filter came under a signature. */
  readonly signed: boolean;
  /** Milliseconds since the epoch: when the filter came. */
  readonly at: number;
}

/** One try to hand an own message to the network. */
export interface AttemptView {
  /** 1, 2, 3 ... */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly outcome: "pending" | "taken" | "failed";
  /** Why it failed, for people; empty otherwise. */
  readonly reason: string;
}

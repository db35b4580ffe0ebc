import {
  MAX_HINT_BYTES,
  MAX_HISTORY_ENTRIES,
  MAX_ID_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_REPAIR_REQUESTS,
} from "../parameters/limits.ts";
import { asChannelId, asMessageId, asParticipantId } from "./ids.ts";
import type { HistoryEntry, SdsMessage, WireLamport } from "./message.ts";
import { ProtobufReader, ProtobufWriter } from "./protobuf.ts";
import { ProtobufError, type ProtobufErrorCode } from "./protobuf-error.ts";

/**
 * Why bytes are not a message, for counters.
 * - `too-large`: more bytes than a message may have
 * - `too-long`: an id or a retrieval hint above its limit
 * - `too-many-entries`: causal history or repair requests above their limit
 * - `duplicate-field`: a singular field that occurs twice
 * - `missing-id`: sender_id, message_id, channel_id or an entry's message_id absent or empty
 * - `no-kind`: neither a Lamport timestamp nor content
 * - the others: not protobuf, or a known field of another type
 */
export type DecodeProblem =
  | "too-large"
  | "too-many-entries"
  | "duplicate-field"
  | "missing-id"
  | "no-kind"
  | Exclude<ProtobufErrorCode, "value-range">;

export type DecodeResult =
  | { readonly ok: true; readonly message: SdsMessage }
  | { readonly ok: false; readonly reason: DecodeProblem };

/** A wire layout of SDS messages. */
export interface SdsCodec {
  /** Exact for every message that `decode` gives; throws `ProtobufError` only for a Lamport timestamp that is no u64. */
  readonly encode: (message: SdsMessage) => Uint8Array;
  /** Total: any bytes give a message or a reason. */
  readonly decode: (bytes: Uint8Array) => DecodeResult;
}

/** The layout of the SDS specification, which @waku/sds speaks. */
export const specCodec: SdsCodec = { encode: encodeMessage, decode: decodeMessage };

const SENDER_ID = 1;
const MESSAGE_ID = 2;
const CHANNEL_ID = 3;
const LAMPORT = 10;
const CAUSAL_HISTORY = 11;
const BLOOM_FILTER = 12;
const REPAIR_REQUEST = 13;
const CONTENT = 20;

const ENTRY_MESSAGE_ID = 1;
const ENTRY_HINT = 2;
const ENTRY_SENDER_ID = 3;

/** Ascending field numbers; an absent optional is left out, an empty one is written (the form of @waku/sds). */
export function encodeMessage(message: SdsMessage): Uint8Array {
  //= protocol: WIRE-2
  const writer = new ProtobufWriter(estimateSize(message));
  if (message.senderId !== "") writer.string(SENDER_ID, message.senderId);
  if (message.messageId !== "") writer.string(MESSAGE_ID, message.messageId);
  if (message.channelId !== "") writer.string(CHANNEL_ID, message.channelId);
  if (message.kind !== "ephemeral") writer.uint64(LAMPORT, message.lamport);
  for (const entry of message.causalHistory) writeEntry(writer, CAUSAL_HISTORY, entry);
  if (message.bloomFilter !== undefined) writer.bytes(BLOOM_FILTER, message.bloomFilter);
  for (const entry of message.repairRequests) writeEntry(writer, REPAIR_REQUEST, entry);
  if (message.kind !== "sync") writer.bytes(CONTENT, message.content);
  return writer.finish();
}

function writeEntry(writer: ProtobufWriter, field: number, entry: HistoryEntry): void {
  writer.message(field, () => {
    if (entry.messageId !== "") writer.string(ENTRY_MESSAGE_ID, entry.messageId);
    if (entry.retrievalHint !== undefined) writer.bytes(ENTRY_HINT, entry.retrievalHint);
    if (entry.senderId !== undefined) writer.string(ENTRY_SENDER_ID, entry.senderId);
  });
}

/** Enough for most messages, so that the buffer seldom grows. */
function estimateSize(message: SdsMessage): number {
  const content = message.kind === "sync" ? 0 : message.content.length;
  const entries = message.causalHistory.length + message.repairRequests.length;
  return 256 + content + (message.bloomFilter?.length ?? 0) + entries * 160;
}

/**
 * Content has a Lamport timestamp and content, a sync has a Lamport timestamp and no or empty content, an ephemeral
 * message has content only. Unknown fields are passed over. A bloom filter of any size is kept as it is.
 *
 * `content` and `bloomFilter` are views of `bytes`, which therefore must not be modified afterwards. Retrieval hints are
 * copies: they are kept and stored for long, and a view would keep (and write to disk) the whole message.
 */
export function decodeMessage(bytes: Uint8Array): DecodeResult {
  //= protocol: LIMIT-1
  if (bytes.length > MAX_MESSAGE_BYTES) return rejected("too-large");
  try {
    //= protocol: WIRE-5
    return classify(readFields(bytes));
  } catch (error) {
    if (error instanceof Rejection) return rejected(error.reason);
    if (error instanceof ProtobufError && error.code !== "value-range") return rejected(error.code);
    throw error;
  }
}

interface Fields {
  senderId: string;
  messageId: string;
  channelId: string;
  lamport: WireLamport | undefined;
  content: Uint8Array | undefined;
  bloomFilter: Uint8Array | undefined;
  readonly causalHistory: HistoryEntry[];
  readonly repairRequests: HistoryEntry[];
}

function readFields(bytes: Uint8Array): Fields {
  const fields: Fields = {
    senderId: "",
    messageId: "",
    channelId: "",
    lamport: undefined,
    content: undefined,
    bloomFilter: undefined,
    causalHistory: [],
    repairRequests: [],
  };
  const reader = new ProtobufReader(bytes);
  const once = new SingularFields();
  while (reader.next()) readField(reader, fields, once);
  return fields;
}

function readField(reader: ProtobufReader, fields: Fields, once: SingularFields): void {
  switch (reader.field) {
    case SENDER_ID:
      once.mark(SENDER_ID);
      //= protocol: LIMIT-2
      fields.senderId = reader.string(MAX_ID_BYTES);
      return;
    case MESSAGE_ID:
      once.mark(MESSAGE_ID);
      fields.messageId = reader.string(MAX_ID_BYTES);
      return;
    case CHANNEL_ID:
      once.mark(CHANNEL_ID);
      fields.channelId = reader.string(MAX_ID_BYTES);
      return;
    case LAMPORT:
      once.mark(LAMPORT);
      fields.lamport = reader.uint64();
      return;
    case CAUSAL_HISTORY:
      //= protocol: LIMIT-3
      addEntry(fields.causalHistory, reader, MAX_HISTORY_ENTRIES);
      return;
    case BLOOM_FILTER:
      once.mark(BLOOM_FILTER);
      fields.bloomFilter = reader.bytes();
      return;
    case REPAIR_REQUEST:
      //= protocol: LIMIT-4
      addEntry(fields.repairRequests, reader, MAX_REPAIR_REQUESTS);
      return;
    case CONTENT:
      once.mark(CONTENT);
      fields.content = reader.bytes();
      return;
    default:
      //= protocol: WIRE-6
      reader.skip();
  }
}

function addEntry(entries: HistoryEntry[], reader: ProtobufReader, limit: number): void {
  if (entries.length === limit) throw new Rejection("too-many-entries");
  entries.push(readEntry(reader.message()));
}

function readEntry(reader: ProtobufReader): HistoryEntry {
  let messageId = "";
  let retrievalHint: Uint8Array | undefined;
  let senderId: string | undefined;
  const once = new SingularFields();
  while (reader.next()) {
    if (reader.field === ENTRY_MESSAGE_ID) {
      once.mark(ENTRY_MESSAGE_ID);
      messageId = reader.string(MAX_ID_BYTES);
    } else if (reader.field === ENTRY_HINT) {
      once.mark(ENTRY_HINT);
      //= protocol: LIMIT-5
      retrievalHint = reader.bytes(MAX_HINT_BYTES).slice();
    } else if (reader.field === ENTRY_SENDER_ID) {
      once.mark(ENTRY_SENDER_ID);
      senderId = reader.string(MAX_ID_BYTES);
    } else reader.skip();
  }
  //= protocol: WIRE-8
  if (messageId === "") throw new Rejection("missing-id");
  return {
    messageId: asMessageId(messageId),
    retrievalHint,
    senderId: senderId === undefined ? undefined : asParticipantId(senderId),
  };
}

function classify(fields: Fields): DecodeResult {
  const { lamport, content, causalHistory, repairRequests, bloomFilter } = fields;
  //= protocol: WIRE-8
  if (fields.senderId === "" || fields.messageId === "" || fields.channelId === "") return rejected("missing-id");
  const senderId = asParticipantId(fields.senderId);
  const messageId = asMessageId(fields.messageId);
  const channelId = asChannelId(fields.channelId);
  // Spelled out three times: to spread one head into each takes longer than all else here.
  const hasContent = content !== undefined && content.length > 0;
  //= protocol: WIRE-1
  if (lamport !== undefined) {
    const message: SdsMessage = hasContent
      ? {
          kind: "content",
          senderId,
          messageId,
          channelId,
          causalHistory,
          repairRequests,
          bloomFilter,
          lamport,
          content,
        }
      : { kind: "sync", senderId, messageId, channelId, causalHistory, repairRequests, bloomFilter, lamport };
    return { ok: true, message };
  }
  if (!hasContent) return rejected("no-kind");
  return {
    ok: true,
    message: { kind: "ephemeral", senderId, messageId, channelId, causalHistory, repairRequests, bloomFilter, content },
  };
}

function rejected(reason: DecodeProblem): DecodeResult {
  return { ok: false, reason };
}

/** Remembers which singular fields (numbers below 32) were there: one that came twice would be read in two ways. */
class SingularFields {
  #seen = 0;

  mark(field: number): void {
    const bit = 1 << field;
    //= protocol: WIRE-7
    if ((this.#seen & bit) !== 0) throw new Rejection("duplicate-field");
    this.#seen |= bit;
  }
}

/** Never leaves this file. */
class Rejection extends Error {
  readonly reason: DecodeProblem;

  constructor(reason: DecodeProblem) {
    super(`Not an SDS message: ${reason}`);
    this.reason = reason;
  }
}

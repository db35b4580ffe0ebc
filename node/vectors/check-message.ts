import { specCodec } from "../../src/sds/wire/codec.ts";
import { asChannelId, asMessageId, asParticipantId } from "../../src/sds/wire/ids.ts";
import type { HistoryEntry, SdsMessage } from "../../src/sds/wire/message.ts";
import { type Check, compare, compareHex, failure } from "./check.ts";
import { asArray, asHexBytes, asObject, asString, type JsonObject, toHex, VectorFormatError } from "./vector-json.ts";

const KIND_NAMES = { content: "ContentMessage", sync: "SyncMessage", ephemeral: "EphemeralMessage" } as const;

/** One vector of section `messages`: the bytes decode to exactly the fields, and the fields encode to exactly the bytes. */
export function checkMessage(value: unknown): Check[] {
  const vector = asObject(value, "the vector");
  const name = asString(vector.name, "name");
  const decoded = specCodec.decode(asHexBytes(vector.hex, "hex"));
  const checks: Check[] = [];
  if (!decoded.ok) checks.push(failure(`${name} decode`, `rejected as ${decoded.reason}`));
  else {
    checks.push(compare(`${name} decodesAs`, vector.decodesAs, KIND_NAMES[decoded.message.kind]));
    checks.push(compare(`${name} decode`, vector.fields, fieldsOf(decoded.message)));
  }
  const encoded = specCodec.encode(messageOf(vector));
  checks.push(compareHex(`${name} encode`, asString(vector.hex, "hex"), toHex(encoded)));
  return checks;
}

/** The message in the form that the vectors have it. */
function fieldsOf(message: SdsMessage): JsonObject {
  return {
    sender_id: message.senderId,
    message_id: message.messageId,
    channel_id: message.channelId,
    lamport: message.kind === "ephemeral" ? null : String(message.lamport),
    content: message.kind === "sync" ? null : toHex(message.content),
    bloom: message.bloomFilter === undefined ? null : toHex(message.bloomFilter),
    causal: message.causalHistory.map(entryFieldsOf),
    repair: message.repairRequests.map(entryFieldsOf),
  };
}

function entryFieldsOf(entry: HistoryEntry): JsonObject {
  return {
    messageId: entry.messageId,
    ...(entry.retrievalHint !== undefined && { retrievalHint: toHex(entry.retrievalHint) }),
    ...(entry.senderId !== undefined && { senderId: entry.senderId }),
  };
}

function messageOf(vector: JsonObject): SdsMessage {
  const fields = asObject(vector.fields, "fields");
  const head = {
    senderId: asParticipantId(asString(fields.sender_id, "sender_id")),
    messageId: asMessageId(asString(fields.message_id, "message_id")),
    channelId: asChannelId(asString(fields.channel_id, "channel_id")),
    causalHistory: entriesOf(fields.causal, "causal"),
    repairRequests: entriesOf(fields.repair, "repair"),
    bloomFilter: fields.bloom === null ? undefined : asHexBytes(fields.bloom, "bloom"),
  };
  switch (vector.decodesAs) {
    case KIND_NAMES.content:
      return { kind: "content", ...head, lamport: lamportOf(fields), content: asHexBytes(fields.content, "content") };
    case KIND_NAMES.sync:
      return { kind: "sync", ...head, lamport: lamportOf(fields) };
    case KIND_NAMES.ephemeral:
      return { kind: "ephemeral", ...head, content: asHexBytes(fields.content, "content") };
    default:
      throw new VectorFormatError(`decodesAs must be one of ${Object.values(KIND_NAMES).join(", ")}`);
  }
}

function lamportOf(fields: JsonObject): bigint {
  const text = asString(fields.lamport, "lamport");
  if (!/^\d{1,20}$/.test(text)) throw new VectorFormatError(`lamport must be decimal digits, not "${text}"`);
  return BigInt(text);
}

function entriesOf(value: unknown, what: string): HistoryEntry[] {
  return asArray(value, what).map((item) => {
    const entry = asObject(item, `an entry of ${what}`);
    const { retrievalHint, senderId } = entry;
    return {
      messageId: asMessageId(asString(entry.messageId, "messageId")),
      ...(retrievalHint !== undefined && { retrievalHint: asHexBytes(retrievalHint, "retrievalHint") }),
      ...(senderId !== undefined && { senderId: asParticipantId(asString(senderId, "senderId")) }),
    };
  });
}

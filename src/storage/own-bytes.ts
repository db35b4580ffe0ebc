import type { BodyRecord, Change, HoleRecord, MessageRecord, ParticipantRecord } from "../sds/io/records.ts";
import type { DeviceKey, DeviceRecord } from "./port.ts";

/**
 * The same bytes in a buffer of exactly their length. Structured clone copies the WHOLE buffer under a view: a 32-byte
 * hint cut out of a 150 KiB network buffer would otherwise be stored with all 150 KiB.
 */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/** `change` with every byte string in a buffer of its own; the same object when there was nothing to do. */
export function withOwnBytes(change: Change): Change {
  if (change.op !== "put") return change;
  switch (change.table) {
    case "message":
      return { ...change, record: ownMessage(change.record) };
    case "body":
      return { ...change, record: ownBody(change.record) };
    case "participant":
      return { ...change, record: ownParticipant(change.record) };
    case "hole":
      return { ...change, record: ownHint(change.record) };
    case "summary":
      return { ...change, record: ownBody(change.record) };
    case "outbox":
    case "ledger":
    case "day":
      return change;
    default:
      return change satisfies never;
  }
}

function ownMessage(record: MessageRecord): MessageRecord {
  if (record.hint === undefined && record.parents.every((parent) => parent.hint === undefined)) return record;
  return { ...ownHint(record), parents: record.parents.map(ownHint) };
}

function ownBody<R extends Pick<BodyRecord, "bytes">>(record: R): R {
  return { ...record, bytes: ownBytes(record.bytes) };
}

function ownParticipant(record: ParticipantRecord): ParticipantRecord {
  return record.publicKey === null ? record : { ...record, publicKey: ownBytes(record.publicKey) };
}

function ownHint<R extends Pick<HoleRecord, "hint">>(record: R): R {
  return record.hint === undefined ? record : { ...record, hint: ownBytes(record.hint) };
}

/** A device record with every byte string in a buffer of its own. */
export function deviceWithOwnBytes(record: DeviceRecord): DeviceRecord {
  return { ...record, descriptor: ownBytes(record.descriptor), key: ownKey(record.key) };
}

function ownKey(key: DeviceKey): DeviceKey {
  const publicKey = ownBytes(key.publicKey);
  return key.kind === "raw" ? { ...key, publicKey, secretKey: ownBytes(key.secretKey) } : { ...key, publicKey };
}

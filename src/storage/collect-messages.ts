import type {
  MessageRecord,
  ParentReference,
  StoredBesides,
  StoredMessage,
  StoredMessages,
  StoredParent,
} from "../sds/io/records.ts";
import type { MessageId } from "../sds/wire/ids.ts";
import { unpacked } from "./packed-hints.ts";

export interface CollectedMessages extends StoredMessages {
  readonly besides: StoredBesides;
  readonly messages: ReadonlyMap<MessageId, MessageRecord>;
}

/** Keeps all records, for whoever wants them at once. */
export function collectMessages(besides: StoredBesides): CollectedMessages {
  const messages = new Map<MessageId, MessageRecord>();
  const numbers = new Map<MessageId, number>();
  let puts = 0;
  return {
    besides,
    messages,
    put(record) {
      const replaced = numbers.get(record.id) ?? -1;
      messages.set(record.id, asWritten(record));
      numbers.set(record.id, puts++);
      return replaced;
    },
    remove(id) {
      const removed = numbers.get(id) ?? -1;
      messages.delete(id);
      numbers.delete(id);
      return removed;
    },
  };
}

/** The record as it was given to be written. */
export function asWritten({
  hint,
  waitsUntilConnectedMs,
  levelPercent,
  removed,
  parents,
  ...plain
}: StoredMessage): MessageRecord {
  return {
    ...plain,
    parents: parents.map(parentAsWritten),
    ...(hint === undefined ? {} : { hint: bytesOf(hint) }),
    ...(waitsUntilConnectedMs === undefined ? {} : { waitsUntilConnectedMs }),
    ...(levelPercent === undefined ? {} : { levelPercent }),
    ...(removed === undefined ? {} : { removed }),
  };
}

function parentAsWritten({ id, lamport, hint }: StoredParent): ParentReference {
  return hint === undefined ? { id, lamport } : { id, lamport, hint: bytesOf(hint) };
}

function bytesOf(hint: NonNullable<StoredMessage["hint"]>): Uint8Array {
  return typeof hint === "string" ? unpacked(hint) : hint;
}

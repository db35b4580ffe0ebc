import type { ChannelStorage } from "../port.ts";

/** `inner`, some of its methods replaced: for tests of what happens when one of them fails. */
export function storageWith(inner: ChannelStorage, replaced: Partial<ChannelStorage>): ChannelStorage {
  return {
    load: (channel) => inner.load(channel),
    commit: (channel, changes, durability) => inner.commit(channel, changes, durability),
    readBodies: (channel, ids) => inner.readBodies(channel, ids),
    readLedger: (channel, afterSeq, limit) => inner.readLedger(channel, afterSeq, limit),
    readLedgerOf: (channel, id) => inner.readLedgerOf(channel, id),
    drop: (channel) => inner.drop(channel),
    listDevice: () => inner.listDevice(),
    putDevice: (record) => inner.putDevice(record),
    close: () => inner.close(),
    ...replaced,
  };
}

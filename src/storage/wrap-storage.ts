import type { ChannelStorage } from "./port.ts";

/** `inner`, each of whose calls is made by `make`: one place for what has to hold around all of them. */
export function wrapStorage(inner: ChannelStorage, make: <T>(call: () => Promise<T>) => Promise<T>): ChannelStorage {
  return {
    load: (channel) => make(() => inner.load(channel)),
    read: (channel, begin) => make(() => inner.read(channel, begin)),
    commit: (channel, changes, durability) => make(() => inner.commit(channel, changes, durability)),
    readBodies: (channel, ids) => make(() => inner.readBodies(channel, ids)),
    readLedger: (channel, afterSeq, limit) => make(() => inner.readLedger(channel, afterSeq, limit)),
    readLedgerOf: (channel, id) => make(() => inner.readLedgerOf(channel, id)),
    readSummaries: (channel, lamports) => make(() => inner.readSummaries(channel, lamports)),
    firstSummary: (channel) => make(() => inner.firstSummary(channel)),
    readDays: (channel, fromDay) => make(() => inner.readDays(channel, fromDay)),
    drop: (channel) => make(() => inner.drop(channel)),
    listDevice: () => make(() => inner.listDevice()),
    putDevice: (record) => make(() => inner.putDevice(record)),
    close: () => make(() => inner.close()),
  };
}

import type { StoredChannel } from "../../sds/io/records.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import type { ChannelStorage } from "../port.ts";

/** One storage over data that outlives it. */
export interface StorageFixture {
  readonly storage: ChannelStorage;
  /** Closes the storage that is open and opens the same data anew, as a reload does. */
  reopen(): Promise<ChannelStorage>;
  /** Closes and deletes everything. */
  dispose(): Promise<void>;
}

export interface StorageCase {
  readonly name: string;
  /** Makes its own fixture, disposes of it, and throws an `Error` with words when the storage breaks the contract. */
  run(makeStorage: () => Promise<StorageFixture>): Promise<void>;
}

/** A case around a fixture of its own, disposed of whatever happens. */
export function storageCase(name: string, body: (fixture: StorageFixture) => Promise<void>): StorageCase {
  return {
    name,
    async run(makeStorage) {
      const fixture = await makeStorage();
      try {
        await body(fixture);
      } finally {
        await fixture.dispose();
      }
    },
  };
}

/** `load` promises no order of records; comparisons need one. */
export function sorted(channel: StoredChannel): StoredChannel {
  const byId = (a: { id: MessageId }, b: { id: MessageId }): number => (a.id < b.id ? -1 : 1);
  return {
    messages: [...channel.messages].sort(byId),
    outbox: [...channel.outbox].sort(byId),
    participants: [...channel.participants].sort((a, b) => a.index - b.index),
    holes: [...channel.holes].sort(byId),
    meta: channel.meta,
  };
}

/** The storage as it is, then what a reload finds. */
export async function* beforeAndAfterReload(fixture: StorageFixture): AsyncGenerator<ChannelStorage> {
  yield fixture.storage;
  yield await fixture.reopen();
}

export const EMPTY: StoredChannel = { messages: [], outbox: [], participants: [], holes: [], meta: {} };

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_n, at) => from + at);

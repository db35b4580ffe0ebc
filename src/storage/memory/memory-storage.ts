import type { DayRecord } from "../../sds/io/day-sums.ts";
import type { LedgerRow } from "../../sds/io/ledger.ts";
import type {
  BodyRecord,
  Change,
  Durability,
  StoredBesides,
  StoredChannel,
  StoredMessages,
  SummaryRecord,
} from "../../sds/io/records.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";
import { deviceWithOwnBytes, withOwnBytes } from "../own-bytes.ts";
import { type ChannelStorage, type DeviceRecord, StorageError } from "../port.ts";
import { createMemoryDisk, DiskChannel, type MemoryDisk } from "./memory-disk.ts";

const EMPTY: StoredChannel = { messages: [], outbox: [], participants: [], holes: [], meta: {} };

/**
 * `ChannelStorage` in memory, for tests, the simulator and a demo without storage. Everything is copied by structured
 * clone on the way in and out, as IndexedDB does, so that shared references show up as bugs here too.
 */
export function createMemoryStorage(disk: MemoryDisk = createMemoryDisk()): ChannelStorage {
  return new MemoryStorage(disk);
}

class MemoryStorage implements ChannelStorage {
  readonly #disk: MemoryDisk;
  #closed = false;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  async load(channel: ChannelId): Promise<StoredChannel> {
    this.#assertOpen();
    return structuredClone(this.#disk.channels.get(channel)?.tables.snapshot() ?? EMPTY);
  }

  async read<T extends StoredMessages>(channel: ChannelId, begin: (besides: StoredBesides) => T): Promise<T> {
    const { messages, ...besides } = await this.load(channel);
    const reader = begin(besides);
    for (const record of messages) reader.put(record);
    return reader;
  }

  async commit(channel: ChannelId, changes: readonly Change[], durability: Durability): Promise<void> {
    this.#assertOpen();
    this.#channel(channel).commit(copyIn(changes.map(withOwnBytes)), durability);
  }

  async readBodies(channel: ChannelId, ids: readonly MessageId[]): Promise<BodyRecord[]> {
    this.#assertOpen();
    return structuredClone(this.#disk.channels.get(channel)?.tables.bodies(ids) ?? []);
  }

  async readLedger(channel: ChannelId, afterSeq: number, limit: number): Promise<LedgerRow[]> {
    this.#assertOpen();
    return structuredClone(this.#disk.channels.get(channel)?.tables.ledgerAfter(afterSeq, limit) ?? []);
  }

  async readLedgerOf(channel: ChannelId, id: MessageId): Promise<LedgerRow[]> {
    this.#assertOpen();
    return structuredClone(this.#disk.channels.get(channel)?.tables.ledgerOf(id) ?? []);
  }

  async readSummaries(channel: ChannelId, lamports: readonly number[]): Promise<SummaryRecord[]> {
    this.#assertOpen();
    return structuredClone(this.#disk.channels.get(channel)?.tables.summaries(lamports) ?? []);
  }

  async firstSummary(channel: ChannelId): Promise<number | null> {
    this.#assertOpen();
    return this.#disk.channels.get(channel)?.tables.firstSummary() ?? null;
  }

  async readDays(channel: ChannelId, fromDay: number): Promise<DayRecord[]> {
    this.#assertOpen();
    return structuredClone(this.#disk.channels.get(channel)?.tables.daysFrom(fromDay) ?? []);
  }

  async drop(channel: ChannelId): Promise<void> {
    this.#assertOpen();
    this.#disk.channels.delete(channel);
    this.#disk.devices.delete(channel);
  }

  async listDevice(): Promise<DeviceRecord[]> {
    this.#assertOpen();
    return structuredClone([...this.#disk.devices.values()]);
  }

  async putDevice(record: DeviceRecord): Promise<void> {
    this.#assertOpen();
    this.#disk.devices.set(record.channel, copyIn(deviceWithOwnBytes(record)));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #channel(id: ChannelId): DiskChannel {
    const known = this.#disk.channels.get(id);
    if (known !== undefined) return known;
    const created = new DiskChannel();
    this.#disk.channels.set(id, created);
    return created;
  }

  #assertOpen(): void {
    if (this.#closed) throw new StorageError("closed", "The storage was closed: open it again before using it.");
  }
}

function copyIn<T>(value: T): T {
  try {
    return structuredClone(value);
  } catch (cause) {
    throw new StorageError("failed", "A record holds something that cannot be stored: give it plain data.", { cause });
  }
}

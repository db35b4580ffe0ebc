import type { ChannelClient, MessageView } from "../../../src/channel/api/channel-client.ts";
import type { ChannelHost } from "../../../src/channel/api/channel-host.ts";
import { createChannelHost } from "../../../src/channel/host/host.ts";
import type { Change, MessageRecord } from "../../../src/sds/io/records.ts";
import { asMessageId, asParticipantId, type ChannelId } from "../../../src/sds/wire/ids.ts";
import { createDexieStorage } from "../../../src/storage/dexie/dexie-storage.ts";
import { type ChannelStorage, StorageError } from "../../../src/storage/port.ts";
import { storageWith } from "../../../src/storage/testing/storage-with.ts";
import { createMemoryNetwork } from "../../../src/transport/memory/memory-network.ts";

/** A channel on a disk that is full, in a page or worker. */
export interface FullChannel {
  readonly channel: ChannelId;
  /** Messages of somebody else that it holds. */
  readonly count: number;
}

export interface Afterwards {
  /** Writes that did not fit. */
  readonly refused: number;
  /** Opened anew because the channel had stopped. */
  readonly restarts: number;
  /** Of the messages of somebody else, those whose text is gone. */
  readonly given: number;
}

const PER_COMMIT = 100;
/** Each gives up at least 4 MiB of text: then most of it would be gone, in vain. */
const MAX_RESTARTS = 3;
const START = 1_700_000_000_000;
const BEN = asParticipantId("s1ben");

/** Joins a channel and fills its database with messages of Ben, in commits as they come, until nothing fits any more. */
export async function fillChannel(name: string, bodyBytes: number): Promise<FullChannel> {
  const storage = await createDexieStorage({ name });
  const host = hostOn(storage);
  const { id } = await host.create({
    ...{ name: "Harbour", displayName: "Ada", profile: "community", multiaddrs: null, parameters: {} },
  });
  await host.close();
  const again = await createDexieStorage({ name });
  const ben = { index: 1, id: BEN, publicKey: null, heardAt: 0, heardConnectedMs: 0, lastClaimLamport: 0 } as const;
  await again.commit(
    id,
    [{ op: "put", table: "participant", record: { ...ben, claims: [], name: "Ben", nameLamport: 0 } }],
    "strict",
  );
  const count = await fill(again, id, bodyBytes);
  await again.close();
  return { channel: id, count };
}

async function fill(storage: ChannelStorage, channel: ChannelId, bodyBytes: number): Promise<number> {
  let previous: MessageRecord | null = null;
  for (let count = 0; ; count += PER_COMMIT) {
    const changes: Change[] = [];
    for (let n = count; n < count + PER_COMMIT; n++) {
      previous = await messageAfter(previous, n, bodyBytes);
      changes.push({ op: "put", table: "message", record: previous });
      changes.push({ op: "put", table: "body", record: { id: previous.id, bytes: noise(bodyBytes) } });
    }
    try {
      await storage.commit(channel, changes, "relaxed");
    } catch (error) {
      if (error instanceof StorageError && error.code === "quota") return count;
      throw error;
    }
  }
}

/** Its id is as a hash is: anywhere among the others. */
async function messageAfter(previous: MessageRecord | null, n: number, size: number): Promise<MessageRecord> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${n}`)));
  return {
    id: asMessageId([...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("")),
    ...{ lamport: START + n, sender: BEN, mine: false, signed: true, authorSeq: n + 1, type: 1 },
    ...{ composedAt: START + n, receivedAt: START + n, size, status: "delivered", audience: [0] },
    parents: previous === null ? [] : [{ id: previous.id, lamport: previous.lamport }],
  };
}

function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** Ada writes `messages` into the full channel, and opens it anew whenever it stops. */
export async function writeToFullChannel(name: string, id: ChannelId, messages: number): Promise<Afterwards> {
  let [refused, restarts, accepted] = [0, 0, 0];
  for (;;) {
    const inner = await createDexieStorage({ name });
    const storage = refusalsOf(inner, () => refused++);
    const host = hostOn(storage);
    const client = host.open(id);
    try {
      for (; accepted < messages; accepted++) {
        await client.send({ requestId: `full ${accepted}`, type: "chat", text: textOf(accepted) });
      }
      return { refused, restarts, given: (await textsOfBen(client)).filter((kept) => !kept).length };
    } catch (error) {
      if (++restarts > MAX_RESTARTS) throw error;
    } finally {
      await host.close();
    }
  }
}

/** What Ada finds of it in a channel that is opened anew: how many texts of her own and of Ben. */
export async function readChannel(name: string, id: ChannelId): Promise<{ own: string[]; kept: boolean[] }> {
  const host = hostOn(await createDexieStorage({ name }));
  const client = host.open(id);
  const { page } = await client.snapshot(500);
  const own = page.entries.flatMap((entry) => (entry.kind === "message" && entry.mine ? [entry.text] : []));
  const kept = await textsOfBen(client);
  await host.close();
  return { own, kept };
}

/** From the first message to the last: whether its text is there. */
async function textsOfBen(client: ChannelClient): Promise<boolean[]> {
  const kept: boolean[] = [];
  let before: MessageView | undefined;
  for (;;) {
    const page = before === undefined ? (await client.snapshot(500)).page : await client.page(before, 500);
    const views = page.entries.flatMap((entry) => (entry.kind === "message" ? [entry] : []));
    kept.unshift(...views.flatMap((view) => (view.author === BEN ? [view.textKept] : [])));
    before = views[0];
    if (!page.more || before === undefined) return kept;
  }
}

function hostOn(storage: ChannelStorage): ChannelHost {
  return createChannelHost({ storage, openTransport: () => createMemoryNetwork().transport() });
}

function refusalsOf(inner: ChannelStorage, onRefused: () => void): ChannelStorage {
  return storageWith(inner, {
    commit: async (channel, changes, durability) => {
      try {
        await inner.commit(channel, changes, durability);
      } catch (error) {
        if (error instanceof StorageError && error.code === "quota") onRefused();
        throw error;
      }
    },
  });
}

const textOf = (n: number): string => `said on a full disk ${n}`;

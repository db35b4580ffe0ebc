import type { Change, MessageRecord } from "../../sds/io/records.ts";
import { asMessageId, asParticipantId, type ChannelId, type MessageId } from "../../sds/wire/ids.ts";
import { type ChannelStorage, StorageError } from "../../storage/port.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";

/** `inner` with space for so many more bodies. Like a browser's database it always takes deletions, and gives space back late. */
export interface SmallDisk extends ChannelStorage {
  /** Writes that did not fit. */
  readonly refused: number;
}

/** `lag`: space is given back only when so many bodies were deleted. */
export function createSmallDisk(inner: ChannelStorage, space: number, lag: number): SmallDisk {
  let [free, deleted, refused] = [space, 0, 0];
  const refuse = (): never => {
    refused++;
    throw new StorageError("quota", "The small disk is full.");
  };
  return {
    ...storageWith(inner, {}),
    get refused() {
      return refused;
    },
    putDevice: async (record) => {
      if (free < 1) refuse();
      await inner.putDevice(record);
    },
    commit: async (channel, changes, durability) => {
      const onlyDeletes = changes.every(({ op }) => op === "delete" || op === "delete-below");
      const bodies = changes.flatMap((change) => (change.op !== "meta" && change.table === "body" ? [change.op] : []));
      const added = bodies.filter((op) => op === "put").length;
      if (!onlyDeletes && Math.max(1, added) > free) refuse();
      await inner.commit(channel, changes, durability);
      free -= added;
      deleted += bodies.length - added;
      if (deleted < lag) return;
      free += deleted;
      deleted = 0;
    },
  };
}

const BEN = asParticipantId("s1ben");
const BODY_BYTES = 4_000;
const START = 1_700_000_000_000;

export const benMessage = (n: number): MessageId => asMessageId(n.toString(16).padStart(64, "0"));

/** Ben's messages 0 up to `count`, each one a cause of the next, as if they had been received. */
export async function writeHistory(storage: ChannelStorage, channel: ChannelId, count: number): Promise<void> {
  const ben = { index: 1, id: BEN, publicKey: null, name: "Ben", nameLamport: 0, claims: [] };
  const heard = { heardAt: 0, heardConnectedMs: 0, lastClaimLamport: 0 };
  const changes: Change[] = [{ op: "put", table: "participant", record: { ...ben, ...heard } }];
  for (let n = 0; n < count; n++) {
    const record: MessageRecord = {
      ...{ id: benMessage(n), lamport: START + n, sender: BEN, mine: false, signed: true, authorSeq: n + 1, type: 1 },
      ...{ composedAt: START + n, receivedAt: START + n, size: BODY_BYTES, status: "delivered", audience: [] },
      parents: n === 0 ? [] : [{ id: benMessage(n - 1), lamport: START + n - 1 }],
    };
    changes.push({ op: "put", table: "message", record });
    changes.push({ op: "put", table: "body", record: { id: record.id, bytes: new Uint8Array(BODY_BYTES) } });
  }
  await storage.commit(channel, changes, "strict");
}

import { ed25519 } from "@noble/curves/ed25519.js";
import { identityOf } from "../../src/channel/disk/device-channel.ts";
import { createLedgerFold } from "../../src/channel/disk/ledger-fold.ts";
import { channelIdOf, type Descriptor, encodeDescriptor } from "../../src/identity/joining/descriptor.ts";
import { inviteCodeOf } from "../../src/identity/joining/invite-code.ts";
import { createDescriptor } from "../../src/identity/joining/signed-descriptor.ts";
import { signerOf } from "../../src/identity/keys/webcrypto-signer.ts";
import type { Clock } from "../../src/runtime/port.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import { createDexieStorage } from "../../src/storage/dexie/dexie-storage.ts";
import type { ChannelStorage, DeviceRecord } from "../../src/storage/port.ts";
import { LOCAL_NETWORK } from "../../src/transport/waku/wire/local-network.ts";
import { longTalk, nameOf } from "./long-talk.ts";

/** Bundled, and run in a page of the origin whose database is to be filled. */

export interface AimedChannel {
  readonly channel: ChannelId;
  readonly inviteCode: string;
}

export interface Fill {
  readonly database: string;
  readonly messages: number;
  readonly people: number;
  readonly acknowledging: number;
}

const SECRET = new Uint8Array(32).fill(7);
const KEY = { kind: "raw", secretKey: SECRET, publicKey: ed25519.getPublicKey(SECRET) } as const;

/** The same channel every time, wherever its service node is. */
function descriptorAt(multiaddr: string): Promise<Descriptor> {
  const { clusterId: cluster, shards } = LOCAL_NETWORK;
  const network = { preset: "custom", cluster, shards, multiaddrs: [multiaddr] } as const;
  const fields = { name: "A long talk", network, profile: "community", parameters: {} } as const;
  return createDescriptor(fields, (length) => new Uint8Array(length).fill(9), signerOf(KEY));
}

async function deviceAt(
  multiaddr: string,
): Promise<{ readonly device: DeviceRecord; readonly descriptor: Descriptor }> {
  const descriptor = await descriptorAt(multiaddr);
  const channel = channelIdOf(descriptor);
  const joinedAt = Date.now();
  const device = { channel, descriptor: encodeDescriptor(descriptor), key: KEY, displayName: nameOf(0), joinedAt };
  return { device, descriptor };
}

/** Nobody else has anything to do here. */
const HURRIED: Pick<Clock, "schedule"> = {
  schedule: (_ms, run) => {
    const timer = setTimeout(run);
    return () => clearTimeout(timer);
  },
};

/** As a channel does it that is open for months: when the first row that is left stays where it is. */
async function untilFolded(storage: ChannelStorage, channel: ChannelId): Promise<void> {
  for (let [before, same] = [-1, 0]; same < 3; ) {
    const [first] = await storage.readLedger(channel, 0, 1);
    const seq = first?.seq ?? 0;
    same = seq === before ? same + 1 : 0;
    before = seq;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const actions = {
  /** Writes a talk of so many messages, which ends now. Resolves when all of it is on disk. */
  async fill({ database, messages, people, acknowledging }: Fill): Promise<void> {
    const { device, descriptor } = await deviceAt(LOCAL_NETWORK.multiaddrs[0] ?? "");
    const storage = await createDexieStorage({ name: database });
    const identity = identityOf(device, descriptor);
    const { state, commits } = longTalk({ identity, messages, people, acknowledging, now: Date.now() });
    const fold = createLedgerFold({
      ...{ state, storage, clock: HURRIED },
      commits: { commit: (changes, durability) => storage.commit(device.channel, changes, durability) },
    });
    for (const changes of commits) {
      await storage.commit(device.channel, changes, "relaxed");
      fold.note(changes.flatMap((change) => (change.op === "put" && change.table === "ledger" ? [change.record] : [])));
      await untilFolded(storage, device.channel);
    }
    fold.close();
    // Last: a background worker that finds itself in a channel would go on with it.
    await storage.putDevice(device);
    await storage.close();
  },

  /** From now on the service node of the channel is there. */
  async aim(database: string, multiaddr: string): Promise<AimedChannel> {
    const { device, descriptor } = await deviceAt(multiaddr);
    const storage = await createDexieStorage({ name: database });
    await storage.putDevice(device);
    await storage.close();
    return { channel: device.channel, inviteCode: inviteCodeOf(descriptor) };
  },
};

export type FillActions = typeof actions;

Object.assign(globalThis, { fillActions: actions });

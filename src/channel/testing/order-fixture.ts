import { createNobleSigner } from "../../identity/keys/noble-signer.ts";
import { senderIdOf } from "../../identity/keys/sender-id.ts";
import { contentTopicOf } from "../../identity/secrecy/content-topic.ts";
import { encryptPayload } from "../../identity/secrecy/payload-encryption.ts";
import { createSeededRandom } from "../../runtime/seeded-random.ts";
import { createVirtualClock, type VirtualClock } from "../../runtime/virtual-clock.ts";
import type { Change, Durability, ParentReference } from "../../sds/io/records.ts";
import { MESSAGE_TYPE } from "../../sds/parameters/message-type.ts";
import { CHANNEL_PARAMETER_DEFAULTS } from "../../sds/parameters/parameters.ts";
import { asChannelId } from "../../sds/wire/ids.ts";
import { createMemoryStorage } from "../../storage/memory/memory-storage.ts";
import { type ChannelStorage, StorageError } from "../../storage/port.ts";
import { storageWith } from "../../storage/testing/storage-with.ts";
import type { InboundFrame, OutboundFrame, Transport } from "../../transport/port.ts";
import { type Channel, type ChannelOptions, type ChannelParts, openChannel } from "../channel.ts";
import { composeContent } from "../sending/compose.ts";

export const START = 1_800_000_000_000;
const CHANNEL = asChannelId("harbour");
const KEY = new Uint8Array(32).fill(2);
const ADA = createNobleSigner(new Uint8Array(32).fill(1));
const BEN = createNobleSigner(new Uint8Array(32).fill(3));

export interface Commit {
  readonly changes: readonly Change[];
  readonly durability: Durability;
}

/** A disk whose commits can be held back or refused. */
export interface HeldDisk {
  readonly storage: ChannelStorage;
  /** Begun, in order. */
  readonly begun: readonly Commit[];
  /** Done, in order. */
  readonly done: readonly Commit[];
  hold(): void;
  /** Lets go of what is held, and of all that follows. */
  release(): void;
  /** Refuses all commits from now on. */
  refuse(): void;
}

/** `log` is told of what happens, one word each. */
export function createHeldDisk(log: (what: string) => void): HeldDisk {
  const inner = createMemoryStorage();
  const [begun, done]: [Commit[], Commit[]] = [[], []];
  let gate: Promise<void> | null = null;
  let open = (): void => {};
  let refusing = false;
  const storage = storageWith(inner, {
    commit: async (channel, changes, durability) => {
      begun.push({ changes, durability });
      await gate;
      if (refusing) throw new StorageError("failed", "The disk is broken.");
      await inner.commit(channel, changes, durability);
      done.push({ changes, durability });
      log("commit");
    },
    drop: async (channel) => {
      log("drop");
      await inner.drop(channel);
    },
    close: async () => {
      log("close");
      await inner.close();
    },
  });
  return {
    ...{ storage, begun, done },
    hold: () => {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release: () => {
      gate = null;
      open();
    },
    refuse: () => {
      refusing = true;
    },
  };
}

export interface RecordingTransport extends Transport {
  readonly published: readonly OutboundFrame[];
  /** What its Store has. */
  readonly stored: InboundFrame[];
  /** Who listens to a topic or to the health now. */
  readonly listening: ReadonlySet<string>;
}

/** A network that is there at once, takes everything, and pushes nothing. */
export function createRecordingTransport(log: (what: string) => void): RecordingTransport {
  const published: OutboundFrame[] = [];
  const stored: InboundFrame[] = [];
  const listening = new Set<string>();
  const listen = (what: string) => {
    listening.add(what);
    return () => void listening.delete(what);
  };
  return {
    ...{ published, stored, listening },
    publish: async (frame) => {
      published.push(frame);
      log("publish");
      return { hash: new Uint8Array(32).fill(published.length) };
    },
    subscribe: () => listen("topic"),
    async *queryHistory(query) {
      yield { frames: query.by === "time" ? stored : [] };
    },
    health: () => ({ kind: "online", peers: 1 }),
    onHealth: () => listen("health"),
    close: async () => {},
  };
}

/** A channel of Ada's that runs on them, with what happened around it in order. */
export interface OrderBench {
  readonly channel: Channel;
  readonly disk: HeldDisk;
  readonly transport: RecordingTransport;
  readonly clock: VirtualClock;
  /** commit, publish and event, in the order in which they happened. */
  readonly log: string[];
}

/** Ada's channel on these. */
export function channelOptions(disk: HeldDisk, transport: RecordingTransport, clock: VirtualClock): ChannelOptions {
  const self = senderIdOf(CHANNEL, ADA.publicKey);
  return {
    identity: {
      ...{ channelId: CHANNEL, self, publicKey: ADA.publicKey, profile: "community" },
      parameters: CHANNEL_PARAMETER_DEFAULTS,
    },
    ...{ key: KEY, signer: ADA, storage: disk.storage, transport, clock, random: createSeededRandom(1) },
  };
}

/** `stored`: two messages of Ben's, the second of which says that he has the first, are in the Store when the channel opens. */
export async function openOrderBench(parts: Partial<ChannelParts>, stored = false): Promise<OrderBench> {
  const log: string[] = [];
  const note = (what: string) => void log.push(what);
  const clock = createVirtualClock(START);
  const disk = createHeldDisk(note);
  const transport = createRecordingTransport(note);
  if (stored) transport.stored.push(...(await fromBen()));
  const channel = await openChannel(channelOptions(disk, transport, clock), parts);
  channel.events.subscribe(channel.events.lastSeq(), () => note("event"));
  return { channel, disk, transport, clock, log };
}

async function fromBen(): Promise<InboundFrame[]> {
  const author = { channelId: CHANNEL, self: senderIdOf(CHANNEL, BEN.publicKey), signer: BEN };
  const frames: InboundFrame[] = [];
  let parents: readonly ParentReference[] = [];
  for (const authorSeq of [1, 2]) {
    const lamport = START - 60_000 + authorSeq;
    const preparation = { authorSeq, lamport, parents, completeSince: 0, bloomFilter: undefined };
    const body = new TextEncoder().encode(`hello ${authorSeq}`);
    const { id, bytes } = await composeContent(author, preparation, MESSAGE_TYPE.chat, body, lamport);
    parents = [{ id, lamport }];
    frames.push({
      ...{ contentTopic: contentTopicOf(KEY), payload: await encryptPayload(KEY, bytes), version: 1, ephemeral: false },
      ...{ timestamp: lamport, hash: new Uint8Array(32).fill(200 + authorSeq) },
    });
  }
  return frames;
}

const ENCRYPTIONS = 4;

/**
 * Whatever could have left or been told by now has: encryptions that begin later are done, and all promise jobs have run. Time
 * stands still.
 */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < ENCRYPTIONS; turn++) {
    await encryptPayload(KEY, new Uint8Array(2_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets time pass, with what it brings settled each time, until `found` holds; throws after ten minutes of it. */
export async function passUntil(what: string, clock: VirtualClock, found: () => boolean): Promise<void> {
  for (let passed = 0; passed < 600; passed++) {
    await settle();
    if (found()) return;
    await clock.advanceSettled(passed === 0 ? 1 : 1_000);
  }
  throw new Error(`Not within ten minutes: ${what}`);
}

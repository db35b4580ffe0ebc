import { channelIdOf, type Descriptor, encodeDescriptor, readDescriptor } from "../identity/descriptor.ts";
import { parseInvite } from "../identity/invite.ts";
import { inviteCodeOf } from "../identity/invite-code.ts";
import { InviteError } from "../identity/invite-error.ts";
import type { DeviceKey } from "../identity/port.ts";
import { createDescriptor } from "../identity/signed-descriptor.ts";
import { generateDeviceKey, signerOf } from "../identity/webcrypto-signer.ts";
import type { Clock, Random } from "../runtime/port.ts";
import { systemClock } from "../runtime/system-clock.ts";
import { systemRandom } from "../runtime/system-random.ts";
import type { ChannelId } from "../sds/ids.ts";
import type { ChannelStorage, DeviceRecord } from "../storage/port.ts";
import type { Transport } from "../transport/port.ts";
import { callSafely } from "./call-safely.ts";
import { type Channel, openChannel } from "./channel.ts";
import { ChannelError, type ChannelView } from "./channel-client.ts";
import type {
  ChannelHost,
  ChannelSummary,
  CreateRequest,
  InvitePreview,
  JoinRequest,
  NetworkView,
} from "./channel-host.ts";
import { channelViewOf, identityOf } from "./device-channel.ts";
import { createDirectClient } from "./direct-client.ts";
import { MAX_DISPLAY_NAME_CHARACTERS } from "./limits.ts";
import { createTransportPool, type NetworkAddress, networkAddressOf } from "./transport-pool.ts";
import { countUnread } from "./views.ts";

export interface ChannelHostOptions {
  readonly storage: ChannelStorage;
  /** Called once per network; the channels of a network share the transport. */
  readonly openTransport: (network: NetworkAddress) => Transport;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly generateKey?: () => Promise<DeviceKey>;
}

interface Joined {
  readonly record: DeviceRecord;
  readonly descriptor: Descriptor;
  readonly opening: Promise<Channel>;
  /** Known once the channel is open. */
  unread: number;
}

/** The channels of one device. Opens all that were joined at once: they answer from storage, and connect meanwhile. */
export function createChannelHost(options: ChannelHostOptions): ChannelHost {
  const { storage, openTransport } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const generateKey = options.generateKey ?? generateDeviceKey;
  const transports = createTransportPool(openTransport);
  const joined = new Map<ChannelId, Joined>();
  const watchers = new Set<(channels: readonly ChannelSummary[]) => void>();
  const ready = bootAll();
  let closed = false;
  // Joining is one at a time, so that the same invite twice joins once.
  let joining: Promise<unknown> = ready;

  async function bootAll(): Promise<void> {
    for (const record of await storage.listDevice()) begin(record, readDescriptor(record.descriptor));
    announce();
  }

  function begin(record: DeviceRecord, descriptor: Descriptor): Joined {
    const opening = open(record, descriptor);
    const item: Joined = { record, descriptor, opening, unread: 0 };
    joined.set(record.channel, item);
    opening.then(
      (channel) => watchUnread(item, channel),
      () => {
        // Every request to this channel says why it could not be opened.
      },
    );
    return item;
  }

  async function open(record: DeviceRecord, descriptor: Descriptor): Promise<Channel> {
    const signer = signerOf(record.key);
    return openChannel({
      identity: identityOf(record, descriptor),
      key: descriptor.key,
      signer,
      storage,
      transport: transports.of(networkAddressOf(descriptor.network)),
      clock,
      random,
    });
  }

  function watchUnread(item: Joined, channel: Channel): void {
    const refresh = () => {
      const unread = countUnread(channel.state);
      if (unread === item.unread) return;
      item.unread = unread;
      announce();
    };
    refresh();
    channel.events.subscribe(channel.events.lastSeq(), refresh);
    channel.onRead(refresh);
  }

  function announce(): void {
    const channels = summaries();
    for (const watcher of [...watchers]) callSafely(() => watcher(channels));
  }

  function summaries(): ChannelSummary[] {
    return [...joined.values()].map(summaryOf);
  }

  async function adopt(descriptor: Descriptor, key: DeviceKey, displayName: string): Promise<ChannelSummary> {
    const record: DeviceRecord = {
      channel: channelIdOf(descriptor),
      descriptor: encodeDescriptor(descriptor),
      key,
      displayName,
      joinedAt: clock.now(),
    };
    await storage.putDevice(record);
    const item = begin(record, descriptor);
    announce();
    await introduce(item);
    return summaryOf(item);
  }

  /** The first message of a participant is its name. */
  async function introduce({ opening, record }: Joined): Promise<void> {
    const channel = await opening;
    await channel.send({ requestId: "profile-at-join", type: "profile", text: record.displayName });
  }

  /** Joining waits for what is under way, and never leaves the queue stuck. */
  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = joining.then(assertOpen).then(action);
    joining = result.catch(() => {});
    return result;
  }

  function assertOpen(): void {
    if (closed) throw new ChannelError("closed", "Hearback is closed on this device. Reload the page to go on.");
  }

  async function create(request: CreateRequest): Promise<ChannelSummary> {
    const displayName = checkedName(request.displayName);
    const key = await generateKey();
    const descriptor = await createDescriptor(
      {
        name: request.name,
        network: networkOf(request.multiaddrs),
        profile: request.profile,
        parameters: request.parameters,
      },
      (length) => random.bytes(length),
      signerOf(key),
    ).catch(asChannelError);
    return adopt(descriptor, key, displayName);
  }

  async function join(request: JoinRequest): Promise<ChannelSummary> {
    const descriptor = readInvite(request.invite);
    const known = joined.get(channelIdOf(descriptor));
    if (known !== undefined) return sameChannel(known, descriptor);
    const displayName = checkedName(request.displayName);
    return adopt(descriptor, await generateKey(), displayName);
  }

  async function preview(invite: string): Promise<InvitePreview> {
    await ready;
    assertOpen();
    const descriptor = readInvite(invite);
    const id = channelIdOf(descriptor);
    return {
      id,
      name: descriptor.name,
      network: networkView(descriptor),
      profile: descriptor.profile,
      ownerFingerprint: fingerprintOf(descriptor.ownerKey),
      joined: joined.has(id),
    };
  }

  async function leave(channel: ChannelId): Promise<void> {
    const item = joined.get(channel);
    if (item === undefined) return;
    joined.delete(channel);
    const opened = await item.opening.catch(() => null);
    await opened?.close();
    await storage.drop(channel);
    announce();
    await transports.release(networkAddressOf(item.descriptor.network));
  }

  return {
    channels: async () => {
      await ready;
      assertOpen();
      return summaries();
    },
    watchChannels: (listener) => {
      watchers.add(listener);
      ready.then(
        () => watchers.has(listener) && listener(summaries()),
        () => {
          // `channels()` says why storage could not be read.
        },
      );
      return () => watchers.delete(listener);
    },
    create: (request) => inTurn(() => create(request)),
    preview,
    join: (request) => inTurn(() => join(request)),
    open: (channel) => {
      const opening = ready.then(assertOpen).then(() => openedOrThrow(joined.get(channel)));
      // Nobody may be waiting yet; each request of the client rejects with the reason.
      opening.catch(() => {});
      return createDirectClient(opening, () => viewOf(joined.get(channel)), channel, storage);
    },
    leave: (channel) => inTurn(() => leave(channel)),
    close: async () => {
      if (closed) return;
      closed = true;
      watchers.clear();
      await joining.catch(() => {});
      for (const { opening } of joined.values()) await (await opening.catch(() => null))?.close();
      await transports.close();
      await storage.close();
    },
  };
}

function openedOrThrow(item: Joined | undefined): Promise<Channel> {
  if (item === undefined) throw new ChannelError("not-found", "This device is not in that channel. Join it first.");
  return item.opening;
}

function viewOf(item: Joined | undefined): ChannelView {
  if (item === undefined) throw new ChannelError("not-found", "This device has left the channel.");
  return channelViewOf(item.record, item.descriptor);
}

function summaryOf({ record, descriptor, unread }: Joined): ChannelSummary {
  return {
    id: record.channel,
    name: descriptor.name,
    unread,
    inviteCode: inviteCodeOf(descriptor),
    network: networkView(descriptor),
  };
}

function networkView({ network }: Descriptor): NetworkView {
  return { preset: network.preset, multiaddrs: networkAddressOf(network).multiaddrs };
}

/** A service node of one's own is taken to be one of ours: same cluster and shards as the local one. */
function networkOf(multiaddrs: readonly string[] | null): Descriptor["network"] {
  if (multiaddrs === null) return { preset: "local" };
  const { clusterId, shards } = networkAddressOf({ preset: "local" });
  return { preset: "custom", cluster: clusterId, shards, multiaddrs };
}

function fingerprintOf(key: Uint8Array): string {
  const hex = [...key.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return (hex.match(/.{4}/g) ?? []).join(" ");
}

/** An id alone says nothing: a member could sign another descriptor under it, and draw people into another channel. */
function sameChannel(known: Joined, descriptor: Descriptor): ChannelSummary {
  if (fingerprintOf(known.descriptor.ownerKey) === fingerprintOf(descriptor.ownerKey)) return summaryOf(known);
  throw new ChannelError(
    "wrong-key",
    "This invite uses the name of a channel you are in, but another owner signed it.",
  );
}

function checkedName(name: string): string {
  const trimmed = typeof name === "string" ? name.trim() : "";
  const length = [...trimmed].length;
  if (length >= 1 && length <= MAX_DISPLAY_NAME_CHARACTERS) return trimmed;
  throw new ChannelError("invalid", `Your name has 1 to ${MAX_DISPLAY_NAME_CHARACTERS} characters.`);
}

function readInvite(invite: string): Descriptor {
  try {
    return parseInvite(invite);
  } catch (error) {
    return asChannelError(error);
  }
}

function asChannelError(error: unknown): never {
  if (!(error instanceof InviteError)) throw error;
  switch (error.code) {
    case "bad-signature":
      throw new ChannelError("wrong-key", error.message, { cause: error });
    case "unsupported-version":
      throw new ChannelError("unsupported", error.message, { cause: error });
    case "invalid":
      throw new ChannelError("invalid", error.message, { cause: error });
    case "not-an-invite":
    case "cut-off":
    case "damaged":
    case "malformed":
    case "too-large":
      throw new ChannelError("invalid-invite", error.message, { cause: error });
  }
}

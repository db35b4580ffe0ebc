import { channelIdOf, type Descriptor, encodeDescriptor } from "../../identity/joining/descriptor.ts";
import { createDescriptor } from "../../identity/joining/signed-descriptor.ts";
import { generateDeviceKey, signerOf } from "../../identity/keys/webcrypto-signer.ts";
import type { DeviceKey } from "../../identity/port.ts";
import type { Clock, Random } from "../../runtime/port.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { systemRandom } from "../../runtime/system-random.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import type { ChannelStorage, DeviceRecord } from "../../storage/port.ts";
import type { Transport } from "../../transport/port.ts";
import { ChannelError, type ChannelView } from "../api/channel-client.ts";
import type { ChannelHost, ChannelSummary, CreateRequest, InvitePreview, JoinRequest } from "../api/channel-host.ts";
import { checkedListener } from "../api/checks.ts";
import { checkedChannelId, checkedCreate, checkedInvite, checkedJoin } from "../api/host-checks.ts";
import { type Channel, openChannel } from "../channel.ts";
import { channelViewOf, identityOf } from "../disk/device-channel.ts";
import { createDiskSpace } from "../disk/disk-space.ts";
import { abandonable } from "./abandonable.ts";
import { channelSummaryOf, invitePreviewOf, ownerFingerprintOf } from "./channel-summary.ts";
import { createDirectClient } from "./direct-client.ts";
import { asChannelError, networkOf, readInvite } from "./host-requests.ts";
import { createJoinedChannels, type Joined, type Opening } from "./joined-channels.ts";
import { createTransportPool, type NetworkAddress, networkAddressOf } from "./transport-pool.ts";

/** What a device brings: where to keep things, how to reach networks, and for tests time and chance. */
export interface ChannelHostOptions {
  readonly storage: ChannelStorage;
  /** Called once per network; the channels of a network share the transport. */
  readonly openTransport: (network: NetworkAddress) => Transport;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly generateKey?: () => Promise<DeviceKey>;
  /** Whether anybody is there to read that the disk is full. Default: yes. */
  readonly isAttended?: () => boolean;
  /** What is stored of a joined channel is damaged, so that it is not in the list. Joining it again makes it whole. */
  readonly onUnreadable?: (channel: ChannelId, error: unknown) => void;
}

/** The channels of one device. Opens all that were joined at once: they answer from storage, and connect meanwhile. */
export function createChannelHost(options: ChannelHostOptions): ChannelHost {
  return createHostWith(openChannel, options);
}

/** The same with another way to open a channel: tests of the rules of order give one that breaks a rule. */
export function createHostWith(openOne: typeof openChannel, options: ChannelHostOptions): ChannelHost {
  const { storage, openTransport, onUnreadable = () => {} } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const generateKey = options.generateKey ?? generateDeviceKey;
  const transports = createTransportPool(openTransport);
  const space = createDiskSpace(clock, options.isAttended);
  const joined = createJoinedChannels({ storage, open, onUnreadable });
  const ending = new AbortController();
  let closing: Promise<void> | null = null;
  // Joining is one at a time, so that the same invite twice joins once.
  let joining: Promise<unknown> = Promise.resolve();

  function open(record: DeviceRecord, descriptor: Descriptor): Opening {
    const own = abandonable(storage);
    return { channel: openWith(own.storage, record, descriptor), abandon: own.abandon };
  }

  async function openWith(own: ChannelStorage, record: DeviceRecord, descriptor: Descriptor): Promise<Channel> {
    // First, since leaving gives it back whatever failed behind it.
    const transport = transports.of(networkAddressOf(descriptor.network));
    return openOne({
      identity: identityOf(record, descriptor),
      key: descriptor.key,
      signer: signerOf(record.key),
      storage: own,
      transport,
      clock,
      random,
      space,
      ending: ending.signal,
    });
  }

  async function adopt(descriptor: Descriptor, key: DeviceKey, displayName: string): Promise<ChannelSummary> {
    const record: DeviceRecord = {
      channel: channelIdOf(descriptor),
      descriptor: encodeDescriptor(descriptor),
      key,
      displayName,
      joinedAt: clock.now(),
    };
    await space.write(() => storage.putDevice(record), ending.signal);
    const item = joined.begin(record, descriptor);
    await item.introduced;
    return channelSummaryOf(descriptor, item.unread);
  }

  /** Joining waits for what is under way, and never leaves the queue stuck. */
  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = joining.then(whenReady).then(action);
    joining = result.catch(() => {});
    return result;
  }

  /** Before the joined channels were read from storage nothing may be said of them, and none be joined over another. */
  async function whenReady(): Promise<void> {
    assertOpen();
    await joined.ready();
    assertOpen();
  }

  function assertOpen(): void {
    if (closing !== null)
      throw new ChannelError("closed", "Hearback is closed on this device. Reload the page to go on.");
  }

  async function create(request: CreateRequest): Promise<ChannelSummary> {
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
    return adopt(descriptor, key, request.displayName);
  }

  async function join(request: JoinRequest): Promise<ChannelSummary> {
    const descriptor = readInvite(request.invite);
    const id = channelIdOf(descriptor);
    const known = joined.get(id);
    if (known !== undefined) return sameChannel(known, descriptor);
    // Whoever was in it stays who they are, and what they wrote stays theirs.
    const key = joined.unreadable(id)?.key ?? (await generateKey());
    return adopt(descriptor, key, request.displayName);
  }

  async function preview(invite: string): Promise<InvitePreview> {
    await whenReady();
    const descriptor = readInvite(invite);
    return invitePreviewOf(descriptor, joined.get(channelIdOf(descriptor)) !== undefined);
  }

  async function leave(channel: ChannelId): Promise<void> {
    const item = joined.get(channel);
    if (item === undefined) {
      // Not in the list, and still on the disk with its key and all messages.
      if (joined.unreadable(channel) !== undefined) await storage.drop(channel);
      joined.remove(channel);
      return;
    }
    try {
      await item.end();
      await storage.drop(channel);
      joined.remove(channel);
    } catch (error) {
      // All of it is still on the disk, so it is still joined, and runs on for whoever opens it again.
      joined.remove(channel);
      joined.begin(item.record, item.descriptor);
      throw error;
    } finally {
      await transports.release(networkAddressOf(item.descriptor.network));
    }
  }

  /** Storage is let go of whatever else fails: the next host waits for it. */
  async function closeAll(): Promise<void> {
    ending.abort();
    await joined.close();
    await joining.catch(() => {});
    await Promise.allSettled(joined.all().map(async ({ opening }) => (await opening).close()));
    await transports.close();
    await storage.close();
  }

  return {
    channels: async () => {
      await whenReady();
      return joined.summaries();
    },
    watchChannels: (listener) => joined.watch(checkedListener(listener)),
    create: async (request) => {
      const checked = checkedCreate(request);
      return inTurn(() => create(checked));
    },
    preview: async (invite) => preview(checkedInvite(invite)),
    join: async (request) => {
      const checked = checkedJoin(request);
      return inTurn(() => join(checked));
    },
    open: (id) => {
      const channel = checkedChannelId(id);
      const opening = whenReady().then(() => openedOrThrow(joined.get(channel)));
      // Nobody may be waiting yet; each request of the client rejects with the reason.
      opening.catch(() => {});
      return createDirectClient(opening, () => viewOf(joined.get(channel)), channel, storage);
    },
    leave: async (id) => {
      const channel = checkedChannelId(id);
      return inTurn(() => leave(channel));
    },
    close: () => {
      closing ??= closeAll();
      return closing;
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

/** An id alone says nothing: a member could sign another descriptor under it, and draw people into another channel. */
function sameChannel(known: Joined, descriptor: Descriptor): ChannelSummary {
  if (ownerFingerprintOf(known.descriptor) === ownerFingerprintOf(descriptor)) {
    return channelSummaryOf(known.descriptor, known.unread);
  }
  throw new ChannelError(
    "wrong-key",
    "This invite uses the name of a channel you are in, but another owner signed it.",
  );
}

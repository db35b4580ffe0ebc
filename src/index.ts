/**
 * The library: everything that a program needs to take part in channels. `createChannelHost` over a storage and a
 * transport gives the channels of one device; `ChannelHost.open` gives the `ChannelClient` of one of them. What is not
 * exported here may change without notice.
 */

export type {
  AttemptView,
  ChannelClient,
  ChannelErrorCode,
  ChannelEvent,
  ChannelSnapshot,
  ChannelStatus,
  ChannelView,
  DeliveryUpdate,
  DeliveryView,
  EphemeralRequest,
  EphemeralView,
  EvidenceView,
  HoleView,
  LogItem,
  LogPage,
  LogPosition,
  MessageDetails,
  MessageView,
  ParticipantView,
  PossibleView,
  ReadingView,
  SendRequest,
  StoredView,
} from "./channel/api/channel-client.ts";
export { ChannelError } from "./channel/api/channel-client.ts";
export type {
  ChannelHost,
  ChannelSummary,
  CreateRequest,
  InvitePreview,
  JoinRequest,
  NetworkView,
} from "./channel/api/channel-host.ts";
export {
  MAX_CLOCK_CORRECTION_MS,
  MAX_DISPLAY_NAME_CHARACTERS,
  MAX_NEWEST_STORED,
  MAX_PAGE,
  MAX_REQUEST_ID_LENGTH,
  MAX_TEXT_BYTES,
} from "./channel/api/limits.ts";
export { type ChannelHostOptions, createChannelHost } from "./channel/host/host.ts";

export type { ChannelNetwork } from "./identity/joining/channel-network.ts";
export { parametersOf } from "./identity/joining/channel-overrides.ts";
export { type ChannelProfile, channelIdOf, type Descriptor, encodeDescriptor } from "./identity/joining/descriptor.ts";
export { inviteLinkOf, parseInvite } from "./identity/joining/invite.ts";
export { inviteCodeOf } from "./identity/joining/invite-code.ts";
export { InviteError, type InviteErrorCode } from "./identity/joining/invite-error.ts";
export { createDescriptor, type DescriptorFields, decodeDescriptor } from "./identity/joining/signed-descriptor.ts";
export { createNobleSigner } from "./identity/keys/noble-signer.ts";
export { generateDeviceKey, signerOf } from "./identity/keys/webcrypto-signer.ts";
export type { DeviceKey, Signer } from "./identity/port.ts";

export type { Clock, Random } from "./runtime/port.ts";
export { systemClock } from "./runtime/system-clock.ts";
export { systemRandom } from "./runtime/system-random.ts";

export type { DeliveryState } from "./sds/outbox/delivery-state.ts";
export { CHANNEL_PARAMETER_DEFAULTS, type ChannelParameters } from "./sds/parameters/parameters.ts";
export { asChannelId, asMessageId, type ChannelId, type MessageId, type ParticipantId } from "./sds/wire/ids.ts";

export { createDexieStorage, type DexieStorageOptions } from "./storage/dexie/dexie-storage.ts";
export { createMemoryDisk, type MemoryDisk } from "./storage/memory/memory-disk.ts";
export { createMemoryStorage } from "./storage/memory/memory-storage.ts";
export { type ChannelStorage, StorageError, type StorageErrorCode } from "./storage/port.ts";

export {
  createMemoryNetwork,
  type MemoryNetwork,
  type MemoryNetworkOptions,
} from "./transport/memory/memory-network.ts";
export type { MemoryTransport } from "./transport/memory/memory-transport.ts";
export {
  type HistoryPage,
  type HistoryQuery,
  type HistorySource,
  type InboundFrame,
  type LiveFrame,
  type OutboundFrame,
  type PublishReceipt,
  type Transport,
  TransportError,
  type TransportErrorCode,
  type TransportHealth,
} from "./transport/port.ts";
export { createWakuTransport, type WakuTransportOptions } from "./transport/waku/waku-transport.ts";
export { LOCAL_NETWORK, type WakuNetwork } from "./transport/waku/wire/local-network.ts";

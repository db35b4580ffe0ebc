import type {
  AttemptView,
  ChannelEvent,
  ChannelSnapshot,
  ChannelStatus,
  ChannelView,
  DeliveryUpdate,
  DeliveryView,
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
  StoredView,
} from "../../channel/api/channel-client.ts";
import type { ChannelSummary, InvitePreview, NetworkView } from "../../channel/api/channel-host.ts";
import { MAX_ID_CHARACTERS } from "../../channel/api/limits.ts";
import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";
import { SHOWN_TYPES } from "../../sds/parameters/message-type.ts";
import type { ChannelId, MessageId, ParticipantId } from "../../sds/wire/ids.ts";
import { bool, byKind, type Check, count, finite, listOf, nullable, object, oneOf, text } from "./shape.ts";

/** Checks of what a `ChannelClient` and a `ChannelHost` show. Ids are branded here: this is where they enter. */
export const channelId = text<ChannelId>(MAX_ID_CHARACTERS, 1);
export const messageId = text<MessageId>(MAX_ID_CHARACTERS);
const participantId = text<ParticipantId>(MAX_ID_CHARACTERS);

const profile = oneOf("community", "sds");
const messageType = oneOf(...SHOWN_TYPES);

const network = object<NetworkView>({ preset: oneOf("local", "custom"), multiaddrs: listOf(text(), 1_000) });

export const channelSummary = object<ChannelSummary>({
  id: channelId,
  name: text(),
  unread: count,
  inviteCode: text(),
  network,
});

export const channelSummaries = listOf(channelSummary);

export const invitePreview = object<InvitePreview>({
  id: channelId,
  name: text(),
  network,
  profile,
  ownerFingerprint: text(),
  joined: bool,
});

export const logPosition = object<LogPosition>({ lamport: count, id: messageId });

const nothing = object({});
const deliveryState = byKind<DeliveryState>({
  queued: nothing,
  waiting: nothing,
  sending: object({ attempt: count }),
  sent: nothing,
  stored: nothing,
  owner: nothing,
  received: object({ k: count, n: nullable(count) }),
  level: object({ percent: finite, k: count, n: count }),
  everyone: object({ n: count }),
  unconfirmed: nothing,
  failed: object({ reason: text() }),
  stopped: nothing,
  ahead: object({ at: finite }),
});

const delivery = object<DeliveryView>({
  state: deliveryState,
  received: listOf(participantId),
  audience: listOf(participantId),
  attempts: count,
});

const said = {
  lamport: count,
  id: messageId,
  author: participantId,
  mine: bool,
  signed: bool,
  type: messageType,
  text: text(),
  textKept: bool,
  composedAt: finite,
};

export const storedMessage = object<StoredView>(said);

const message = object<MessageView>({ ...said, delivery });

export const ephemeralView = object<EphemeralView>({
  id: messageId,
  author: participantId,
  signed: bool,
  type: messageType,
  text: text(),
  composedAt: nullable(finite),
});

const hole = object<HoleView>({ lamport: count, id: messageId, state: oneOf("fetching", "lost"), since: finite });

const logEntry: Check<LogItem> = byKind<LogItem>({ message, hole });

export const logPage = object<LogPage>({ entries: listOf(logEntry), more: bool });

const participant = object<ParticipantView>({
  id: participantId,
  me: bool,
  name: text(),
  index: count,
  heardAt: finite,
  present: bool,
  signed: bool,
  equivocations: count,
  gaps: count,
});

const channelView = object<ChannelView>({
  id: channelId,
  name: text(),
  profile,
  inviteCode: text(),
  levelPercent: finite,
});

export const channelSnapshot = object<ChannelSnapshot>({
  channel: channelView,
  me: participantId,
  participants: listOf(participant),
  page: logPage,
  unread: count,
  seq: count,
});

const deliveryUpdate = object<DeliveryUpdate>({ id: messageId, delivery });

export const channelEvent = byKind<ChannelEvent>({
  entry: object({ seq: count, entry: logEntry, unread: count }),
  delivery: object({ seq: count, updates: listOf(deliveryUpdate) }),
  "hole-closed": object({ seq: count, id: messageId }),
  removed: object({ seq: count, id: messageId }),
  participant: object({ seq: count, participant }),
  tick: object({ seq: count }),
  reset: object({ seq: count }),
});

const reading = object<ReadingView>({ messages: count, newest: count, waiting: bool });

export const channelStatus = object<ChannelStatus>({
  connection: oneOf("connecting", "online", "checking", "offline", "closed"),
  peers: count,
  reason: text(),
  waiting: count,
  reading: nullable(reading),
  embargoed: count,
  clockCorrectionMs: finite,
  clockSuggestionMs: nullable(finite),
  storageProblem: text(),
  mistake: bool,
});

const evidence = object<EvidenceView>({
  participant: participantId,
  by: oneOf("content", "sync"),
  how: oneOf("listed", "ancestry"),
  signed: bool,
  at: finite,
});

const possible = object<PossibleView>({ participant: participantId, chance: finite, signed: bool, at: finite });

const attempt = object<AttemptView>({
  attempt: count,
  at: finite,
  outcome: oneOf("pending", "taken", "failed"),
  reason: text(),
});

export const messageDetails = object<MessageDetails>({
  id: messageId,
  delivery,
  composedAt: finite,
  lamport: count,
  bytes: count,
  authorSeq: nullable(count),
  numberShared: bool,
  timesKept: bool,
  evidence: listOf(evidence),
  possible: listOf(possible),
  attempts: listOf(attempt),
});

import type {
  ChannelSnapshot,
  EphemeralRequest,
  LogPage,
  LogPosition,
  MessageDetails,
  SendRequest,
  StoredView,
} from "../../channel/api/channel-client.ts";
import type { ChannelSummary, CreateRequest, InvitePreview, JoinRequest } from "../../channel/api/channel-host.ts";
import {
  MAX_ADDRESS_CHARACTERS,
  MAX_ADDRESSES,
  MAX_CHANNEL_NAME_CHARACTERS,
  MAX_DISPLAY_NAME_CHARACTERS,
  MAX_INVITE_CHARACTERS,
  MAX_NEWEST_STORED,
  MAX_PAGE,
  MAX_REQUEST_ID_LENGTH,
  MAX_TEXT_BYTES,
} from "../../channel/api/limits.ts";
import { parameterRows } from "../../sds/parameters/channel-parameters.ts";
import { EPHEMERAL_TYPES, SENT_TYPES } from "../../sds/parameters/message-type.ts";
import type { ChannelId, MessageId } from "../../sds/wire/ids.ts";
import { type Check, count, finite, listOf, nullable, object, oneOf, optional, recordOf, text } from "./shape.ts";
import {
  channelId,
  channelSnapshot,
  channelSummaries,
  channelSummary,
  invitePreview,
  logPage,
  logPosition,
  messageDetails,
  messageId,
  storedMessage,
} from "./view-shapes.ts";

type NoParams = Readonly<Record<never, never>>;

/** Requests to the host: `ChannelHost` as data. */
export interface HostMethods {
  readonly channels: { readonly params: NoParams; readonly result: readonly ChannelSummary[] };
  readonly create: { readonly params: CreateRequest; readonly result: ChannelSummary };
  readonly preview: { readonly params: { readonly invite: string }; readonly result: InvitePreview };
  readonly join: { readonly params: JoinRequest; readonly result: ChannelSummary };
  readonly leave: { readonly params: { readonly channel: ChannelId }; readonly result: null };
}

/** Requests to one channel: `ChannelClient` as data. */
export interface ChannelMethods {
  readonly snapshot: { readonly params: { readonly limit: number | null }; readonly result: ChannelSnapshot };
  readonly newestStored: { readonly params: NoParams; readonly result: readonly StoredView[] };
  readonly page: {
    readonly params: { readonly before: LogPosition; readonly limit: number };
    readonly result: LogPage;
  };
  readonly send: { readonly params: SendRequest; readonly result: { readonly id: MessageId } };
  readonly sendEphemeral: { readonly params: EphemeralRequest; readonly result: null };
  readonly sendAgain: { readonly params: { readonly id: MessageId }; readonly result: null };
  readonly stopSending: { readonly params: { readonly id: MessageId }; readonly result: null };
  readonly remove: { readonly params: { readonly id: MessageId }; readonly result: null };
  readonly fetchAgain: { readonly params: { readonly id: MessageId }; readonly result: null };
  readonly correctClock: { readonly params: { readonly correctionMs: number }; readonly result: null };
  readonly details: { readonly params: { readonly id: MessageId }; readonly result: MessageDetails };
  readonly markRead: { readonly params: { readonly upTo: LogPosition }; readonly result: null };
}

export interface Methods extends HostMethods, ChannelMethods {}
export type HostMethod = keyof HostMethods;
export type ChannelMethod = keyof ChannelMethods;
export type Method = keyof Methods;
export type Params<M extends Method> = Methods[M]["params"];
export type Result<M extends Method> = Methods[M]["result"];

export interface MethodRule<P, R> {
  readonly target: "host" | "channel";
  /**
   * What happens when it is asked twice. read: answered anew. safe: the second time changes nothing (or nothing that
   * matters). once: a repetition would do it again, so it is repeated only to a server that remembers the first.
   */
  readonly repeat: "read" | "safe" | "once";
  readonly params: Check<P>;
  readonly result: Check<R>;
}

/** A character (code point) has at most two UTF-16 units. */
const channelName = text(2 * MAX_CHANNEL_NAME_CHARACTERS, 1);
const displayName = text(2 * MAX_DISPLAY_NAME_CHARACTERS, 1);
const invite = text(MAX_INVITE_CHARACTERS);
const addresses = listOf(text(MAX_ADDRESS_CHARACTERS), MAX_ADDRESSES);
/** A byte at least for each UTF-16 unit. */
const messageText = text(MAX_TEXT_BYTES);

const pageLimit: Check<number> = (value): value is number => count(value) && value >= 1 && value <= MAX_PAGE;

const done = oneOf(null);
const aboutMessage = object<{ readonly id: MessageId }>({ id: messageId });

/**
 * The one table that client, server and checks are made from. What is looked at here is the shape of what came through a port;
 * whoever gives it is told what is wrong with it in words, on their side of the port and by the channel (`checks.ts`).
 */
export const METHODS: { readonly [M in Method]: MethodRule<Params<M>, Result<M>> } = {
  channels: { target: "host", repeat: "read", params: object({}), result: channelSummaries },
  create: {
    target: "host",
    repeat: "once",
    params: object<CreateRequest>({
      name: channelName,
      displayName,
      profile: oneOf("community", "sds"),
      multiaddrs: nullable(addresses),
      parameters: recordOf(finite, parameterRows(1).length),
    }),
    result: channelSummary,
  },
  preview: { target: "host", repeat: "read", params: object({ invite }), result: invitePreview },
  join: {
    target: "host",
    repeat: "safe",
    params: object<JoinRequest>({ invite, displayName }),
    result: channelSummary,
  },
  leave: { target: "host", repeat: "safe", params: object({ channel: channelId }), result: done },
  snapshot: {
    target: "channel",
    repeat: "read",
    params: object({ limit: nullable(pageLimit) }),
    result: channelSnapshot,
  },
  newestStored: {
    target: "channel",
    repeat: "read",
    params: object({}),
    result: listOf(storedMessage, MAX_NEWEST_STORED),
  },
  page: {
    target: "channel",
    repeat: "read",
    params: object({ before: logPosition, limit: pageLimit }),
    result: logPage,
  },
  send: {
    target: "channel",
    repeat: "safe",
    params: object<SendRequest>({
      requestId: text(MAX_REQUEST_ID_LENGTH, 1),
      type: oneOf(...SENT_TYPES),
      text: messageText,
      levelPercent: optional(finite),
    }),
    result: aboutMessage,
  },
  sendEphemeral: {
    target: "channel",
    repeat: "once",
    params: object<EphemeralRequest>({ type: oneOf(...EPHEMERAL_TYPES), text: messageText }),
    result: done,
  },
  sendAgain: { target: "channel", repeat: "safe", params: aboutMessage, result: done },
  stopSending: { target: "channel", repeat: "safe", params: aboutMessage, result: done },
  remove: { target: "channel", repeat: "safe", params: aboutMessage, result: done },
  fetchAgain: { target: "channel", repeat: "safe", params: aboutMessage, result: done },
  correctClock: { target: "channel", repeat: "safe", params: object({ correctionMs: finite }), result: done },
  details: { target: "channel", repeat: "read", params: aboutMessage, result: messageDetails },
  markRead: { target: "channel", repeat: "safe", params: object({ upTo: logPosition }), result: done },
};

export function isMethod(value: unknown): value is Method {
  return typeof value === "string" && Object.hasOwn(METHODS, value);
}

export function isHostMethod(method: Method): method is HostMethod {
  return METHODS[method].target === "host";
}

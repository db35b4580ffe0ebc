import type { ChannelErrorCode } from "../../channel/api/channel-client.ts";
import { isHostMethod, isMethod, METHODS } from "./methods.ts";
import { BRIDGE_VERSION, type ClientMessage, type ServerMessage, type Topic, type WireError } from "./protocol.ts";
import { byKind, type Check, count, either, isPlain, object, oneOf, text } from "./shape.ts";
import { channelEvent, channelId, channelStatus, channelSummaries, ephemeralView } from "./view-shapes.ts";

/** What arrived, after looking at it. Reading never throws, whatever came. */
export type Reading<T> =
  | { readonly kind: "message"; readonly message: T }
  /** A message of another version of this protocol. */
  | { readonly kind: "other-version"; readonly version: number }
  /** No message; `id` when it was at least a request that can be answered. */
  | { readonly kind: "invalid"; readonly id: number | null };

const MAX_TEXT_ON_WIRE = 10_000;
const name = text(128, 1);
const v = oneOf(BRIDGE_VERSION);

const topic: Check<Topic> = byKind<Topic>({
  events: object({ channel: channelId, afterSeq: count }),
  status: object({ channel: channelId }),
  ephemeral: object({ channel: channelId }),
  channels: object({}),
});

/** The method is checked after this, against its own table row. */
const request: Check<Omit<Extract<ClientMessage, { kind: "request" }>, "kind">> = (
  value,
): value is Extract<ClientMessage, { kind: "request" }> => {
  if (!isPlain(value) || !count(value.id) || !isMethod(value.method)) return false;
  if (!isHostMethod(value.method) && !channelId(value.channel)) return false;
  return METHODS[value.method].params(value.params);
};

const clientMessage = byKind<ClientMessage>({
  hello: object({ v, client: name }),
  request,
  subscribe: object({ v, stream: count, topic }),
  unsubscribe: object({ v, stream: count }),
  received: object({ v, stream: count, count }),
  ping: object({ v, nonce: count }),
  bye: object({ v }),
});

/** A row for each code: a code that is missing here does not compile. */
const CODES: Readonly<Record<ChannelErrorCode, true>> = {
  empty: true,
  "too-large": true,
  "not-sent": true,
  "not-found": true,
  storage: true,
  closed: true,
  timeout: true,
  disconnected: true,
  invalid: true,
  "invalid-invite": true,
  "wrong-key": true,
  unsupported: true,
  internal: true,
};
const code: Check<ChannelErrorCode> = (value): value is ChannelErrorCode =>
  typeof value === "string" && Object.hasOwn(CODES, value);

const error = object<WireError>({ code, message: text(MAX_TEXT_ON_WIRE) });
/** The result is checked where the method is known. */
const anything: Check<unknown> = (_value): _value is unknown => true;
type Response = Extract<ServerMessage, { kind: "response" }>;
const response = either(
  object<Omit<Extract<Response, { ok: true }>, "kind">>({ v, id: count, ok: oneOf(true), result: anything }),
  object<Omit<Extract<Response, { ok: false }>, "kind">>({ v, id: count, ok: oneOf(false), error }),
);

const serverMessage = byKind<ServerMessage>({
  welcome: object({ v, server: name }),
  unsupported: object({ v: count, speaks: count, message: text(MAX_TEXT_ON_WIRE) }),
  response: response as Check<Omit<Response, "kind">>,
  event: object({ v, stream: count, event: channelEvent }),
  status: object({ v, stream: count, status: channelStatus }),
  ephemeral: object({ v, stream: count, message: ephemeralView }),
  channels: object({ v, stream: count, channels: channelSummaries }),
  ended: object({ v, stream: count, error }),
  invalid: object({ v, error }),
  pong: object({ v, nonce: count }),
  bye: object({ v }),
});

/** On the worker's side: what a page sent. */
export function readClientMessage(value: unknown): Reading<ClientMessage> {
  return read(value, clientMessage, ["hello"]);
}

/** On the page's side: what the worker sent. */
export function readServerMessage(value: unknown): Reading<ServerMessage> {
  return read(value, serverMessage, ["welcome", "unsupported"]);
}

/** Only greetings tell versions: a stray message of somebody else on the same port must not end the connection. */
function read<T>(value: unknown, check: Check<T>, greetings: readonly unknown[]): Reading<T> {
  try {
    if (!isPlain(value)) return { kind: "invalid", id: null };
    const { v: version } = value;
    if (version === BRIDGE_VERSION && check(value)) return { kind: "message", message: value };
    const isGreeting = greetings.includes(value.kind) && count(version) && version !== BRIDGE_VERSION;
    if (isGreeting) return { kind: "other-version", version };
    return { kind: "invalid", id: answerableId(value) };
  } catch {
    // Only an object with hostile getters gets here, and those do not survive a real port.
    return { kind: "invalid", id: null };
  }
}

/** A malformed request or answer that names its id can still settle that request. */
function answerableId(value: Readonly<Record<string, unknown>>): number | null {
  const named = value.kind === "request" || value.kind === "response";
  return named && count(value.id) ? value.id : null;
}

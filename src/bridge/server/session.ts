import {
  type ChannelClient,
  ChannelError,
  type ChannelStatus,
  type EphemeralView,
} from "../../channel/api/channel-client.ts";
import type { ChannelHost } from "../../channel/api/channel-host.ts";
import type { BridgePort } from "../ports/port.ts";
import { readClientMessage } from "../protocol/messages.ts";
import { isHostMethod, METHODS } from "../protocol/methods.ts";
import {
  BRIDGE_VERSION,
  type ChannelRequest,
  type ClientMessage,
  type HostRequest,
  MAX_RUNNING,
  MAX_STREAMS,
  type ServerMessage,
  type Topic,
} from "../protocol/protocol.ts";
import { versionWords } from "../protocol/version-words.ts";
import { toWireError } from "../protocol/wire-error.ts";
import type { AnswerCache } from "./answer-cache.ts";
import { createEventPump, type Pump } from "./event-pump.ts";
import { createLivePump } from "./live-pump.ts";
import { performOnChannel, performOnHost } from "./perform.ts";
import { createValuePump } from "./value-pump.ts";

type Request = HostRequest | ChannelRequest;
type Outcome = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown };
export type Answers = AnswerCache<Outcome>;

export interface SessionOptions {
  readonly host: ChannelHost;
  readonly answers: Answers;
  /** Names this run of the server. */
  readonly server: string;
  /** The port is closed, by whichever side. */
  readonly onEnd: () => void;
}

const v = BRIDGE_VERSION;
const GARBLED = new ChannelError("invalid", "This was no request that Hearback knows. Reload the page.");
const ID_TAKEN = new ChannelError("invalid", "The number of this request was used for another one. Reload the page.");
const NO_HELLO = new ChannelError("invalid", "Say hello before anything else.");

/** Serves one port until it closes or the returned function is called. Whatever arrives, nothing throws. */
export function serveSession(port: BridgePort, options: SessionOptions): () => void {
  const { host, answers, server, onEnd } = options;
  const streams = new Map<number, Pump>();
  let client: string | null = null;
  let running = 0;
  let open = true;

  function post(message: ServerMessage): void {
    if (!open) return;
    try {
      port.post(message);
    } catch (error) {
      // The host gave something that cannot be cloned. The request is told; an event shows itself as a gap.
      if (message.kind === "response")
        port.post({ v, kind: "response", id: message.id, ok: false, error: toWireError(error) });
    }
  }

  // --- Requests

  function answer(request: Request): void {
    if (running >= MAX_RUNNING) {
      const error = new ChannelError("invalid", `At most ${MAX_RUNNING} requests at a time: wait for answers.`);
      respond(request.id, { ok: false, error });
      return;
    }
    running++;
    void outcomeOf(request).then((outcome) => {
      running--;
      respond(request.id, outcome);
    });
  }

  function outcomeOf(request: Request): Promise<Outcome> {
    const perform = (): Promise<Outcome> =>
      run(request).then(
        (result) => ({ ok: true, result }),
        (error: unknown) => ({ ok: false, error }),
      );
    const asksTwiceAlike = METHODS[request.method].repeat === "read";
    if (asksTwiceAlike || client === null) return perform();
    // Null for an id that asked for something else: the first answer is not an answer to this.
    const once = answers.once(client, request.id, JSON.stringify(request), perform);
    return once ?? Promise.resolve({ ok: false, error: ID_TAKEN });
  }

  /** A client of its own for each request: one kept longer would go stale when the channel is left and joined again. */
  async function run(request: Request): Promise<unknown> {
    if (!isChannelRequest(request)) return performOnHost(host, request);
    const target = host.open(request.channel);
    try {
      return await performOnChannel(target, request);
    } finally {
      target.close();
    }
  }

  function respond(id: number, outcome: Outcome): void {
    if (outcome.ok) post({ v, kind: "response", id, ok: true, result: outcome.result });
    else post({ v, kind: "response", id, ok: false, error: toWireError(outcome.error) });
  }

  // --- Subscriptions

  function subscribe(stream: number, topic: Topic): void {
    try {
      if (streams.has(stream)) return;
      if (streams.size >= MAX_STREAMS) {
        throw new ChannelError("invalid", `At most ${MAX_STREAMS} subscriptions at a time. Close some first.`);
      }
      streams.set(stream, startPump(stream, topic));
    } catch (error) {
      post({ v, kind: "ended", stream, error: toWireError(error) });
    }
  }

  function startPump(stream: number, topic: Topic): Pump {
    if (topic.kind === "channels") {
      const watch = (listener: Parameters<ChannelHost["watchChannels"]>[0]) => host.watchChannels(listener);
      return createValuePump(watch, (list) => post({ v, kind: "channels", stream, channels: list }));
    }
    const target = host.open(topic.channel);
    const pump = startChannelPump(target, stream, topic);
    return {
      received: pump.received,
      stop() {
        pump.stop();
        target.close();
      },
    };
  }

  function startChannelPump(target: ChannelClient, stream: number, topic: Exclude<Topic, { kind: "channels" }>): Pump {
    switch (topic.kind) {
      case "events":
        return createEventPump(target, topic.afterSeq, (event) => post({ v, kind: "event", stream, event }));
      case "status":
        return createValuePump<ChannelStatus>(
          (listener) => target.watchStatus(listener),
          (status) => post({ v, kind: "status", stream, status }),
        );
      case "ephemeral":
        return createLivePump<EphemeralView>(
          (listener) => target.watchEphemeral(listener),
          (message) => post({ v, kind: "ephemeral", stream, message }),
        );
    }
  }

  function unsubscribe(stream: number): void {
    const pump = streams.get(stream);
    streams.delete(stream);
    pump?.stop();
  }

  // --- Messages

  function onMessage(value: unknown): void {
    const reading = readClientMessage(value);
    switch (reading.kind) {
      case "message":
        onClientMessage(reading.message);
        return;
      case "other-version":
        post({ v, kind: "unsupported", speaks: v, message: versionWords({ page: reading.version, worker: v }) });
        return;
      case "invalid":
        refuse(reading.id, GARBLED);
        return;
    }
  }

  function onClientMessage(message: ClientMessage): void {
    if (message.kind === "hello") {
      greet(message.client);
      return;
    }
    if (client === null) {
      refuse(message.kind === "request" ? message.id : null, NO_HELLO);
      return;
    }
    switch (message.kind) {
      case "request":
        answer(message);
        return;
      case "subscribe":
        subscribe(message.stream, message.topic);
        return;
      case "unsubscribe":
        unsubscribe(message.stream);
        return;
      case "received":
        streams.get(message.stream)?.received(message.count);
        return;
      case "ping":
        post({ v, kind: "pong", nonce: message.nonce });
        return;
      case "bye":
        end();
        return;
    }
  }

  function refuse(id: number | null, error: ChannelError): void {
    if (id === null) post({ v, kind: "invalid", error: toWireError(error) });
    else respond(id, { ok: false, error });
  }

  /** A client may greet again on the same port: it then starts over with nothing subscribed. */
  function greet(name: string): void {
    client = name;
    for (const stream of [...streams.keys()]) unsubscribe(stream);
    post({ v, kind: "welcome", server });
  }

  function end(): void {
    if (!open) return;
    for (const stream of [...streams.keys()]) unsubscribe(stream);
    open = false;
    stopListening();
    port.close();
    onEnd();
  }

  const removers = [port.onMessage(onMessage), port.onClose(end)];
  function stopListening(): void {
    for (const remove of removers) remove();
  }

  return () => {
    post({ v, kind: "bye" });
    end();
  };
}

const isChannelRequest = (request: Request): request is ChannelRequest => !isHostMethod(request.method);

import { ChannelError } from "../../channel/api/channel-client.ts";
import type { Clock } from "../../runtime/port.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import {
  type ChannelMethod,
  type HostMethod,
  METHODS,
  type Method,
  type Params,
  type Result,
} from "../protocol/methods.ts";
import {
  BRIDGE_VERSION,
  type ChannelRequest,
  type ClientMessage,
  type HostRequest,
  MAX_RUNNING,
  type ServerMessage,
} from "../protocol/protocol.ts";
import { fromWireError } from "../protocol/wire-error.ts";

/** Below the server's limit, since requests that timed out here may still run there. */
const MAX_UNDER_WAY = MAX_RUNNING / 2;

type Request = HostRequest | ChannelRequest;
type Response = Extract<ServerMessage, { kind: "response" }>;

interface Pending {
  readonly request: Request;
  /** The run of the server that it was given to; null when it was not. */
  askedServer: string | null;
  succeed(result: unknown): void;
  fail(error: ChannelError): void;
}

/** Requests without an answer yet. Each settles: by its answer, by its timeout, or when the connection is over. */
export interface RequestTable {
  askHost<M extends HostMethod>(method: M, params: Params<M>): Promise<Result<M>>;
  askChannel<M extends ChannelMethod>(channel: ChannelId, method: M, params: Params<M>): Promise<Result<M>>;
  /** Connected to this run of the server: asks everything that is unanswered, in the order of the calls. */
  resume(server: string): void;
  /** Not connected: what is asked now waits. */
  pause(): void;
  onResponse(response: Response): void;
  /** Nothing will be answered any more; later requests fail alike. */
  fail(error: ChannelError): void;
}

export function createRequestTable(options: {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Throws when the message cannot be cloned. */
  readonly post: (message: ClientMessage) => void;
}): RequestTable {
  const { clock, timeoutMs, post } = options;
  const pending = new Map<number, Pending>();
  let waiting: number[] = [];
  const underWay = new Set<number>();
  let server: string | null = null;
  let lastId = 0;
  let over: ChannelError | null = null;

  function ask<M extends Method>(method: M, makeRequest: (id: number) => Request): Promise<Result<M>> {
    if (over !== null) return Promise.reject(over);
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        cancel();
        pending.delete(id);
        underWay.delete(id);
      };
      const fail = (error: ChannelError): void => {
        forget();
        reject(error);
      };
      const cancel = clock.schedule(timeoutMs, () => {
        fail(timeoutError(method, timeoutMs));
        askNext();
      });
      const succeed = (result: unknown): void => {
        const { result: isResult }: { readonly result: (value: unknown) => value is Result<M> } = METHODS[method];
        if (!isResult(result)) {
          fail(unreadable());
          return;
        }
        forget();
        resolve(result);
      };
      pending.set(id, { request: makeRequest(id), askedServer: null, succeed, fail });
      waiting.push(id);
      askNext();
    });
  }

  function askNext(): void {
    while (server !== null && underWay.size < MAX_UNDER_WAY) {
      const id = waiting.shift();
      if (id === undefined) return;
      const next = pending.get(id);
      if (next !== undefined) askNow(id, next, server);
    }
  }

  function askNow(id: number, next: Pending, to: string): void {
    try {
      post(next.request);
      next.askedServer = to;
      underWay.add(id);
    } catch (cause) {
      next.fail(new ChannelError("invalid", "This request holds something that is no plain data.", { cause }));
    }
  }

  return {
    askHost: (method, params) =>
      ask(method, (id) => ({ v: BRIDGE_VERSION, kind: "request", id, method, params }) as HostRequest),
    askChannel: (channel, method, params) =>
      ask(method, (id) => ({ v: BRIDGE_VERSION, kind: "request", id, method, channel, params }) as ChannelRequest),
    resume(name) {
      server = name;
      underWay.clear();
      for (const { request, askedServer, fail } of [...pending.values()]) {
        const isForgotten = askedServer !== null && askedServer !== name;
        if (isForgotten && METHODS[request.method].repeat === "once") fail(maybeDone());
      }
      waiting = [...pending.keys()];
      askNext();
    },
    pause() {
      server = null;
    },
    onResponse(response) {
      const asked = pending.get(response.id);
      if (response.ok) asked?.succeed(response.result);
      else asked?.fail(fromWireError(response.error));
      askNext();
    },
    fail(error) {
      over = error;
      server = null;
      for (const { fail } of [...pending.values()]) fail(error);
      waiting = [];
    },
  };
}

function timeoutError(method: Method, ms: number): ChannelError {
  const after = METHODS[method].repeat === "once" ? "It may have been done: look before you try again." : "Try again.";
  return new ChannelError("timeout", `Hearback did not answer within ${Math.ceil(ms / 1_000)} s. ${after}`);
}

function maybeDone(): ChannelError {
  const words = "The connection broke before the answer came. It may have been done: look before you try again.";
  return new ChannelError("disconnected", words);
}

function unreadable(): ChannelError {
  return new ChannelError("internal", "The answer could not be read. Reload the page.");
}

import type { ChannelHost } from "../../channel/api/channel-host.ts";
import type { Clock, Random } from "../../runtime/port.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { systemRandom } from "../../runtime/system-random.ts";
import type { BridgePort } from "../ports/port.ts";
import { randomName } from "../protocol/random-name.ts";
import { createAnswerCache } from "./answer-cache.ts";
import { type Answers, serveSession } from "./session.ts";

export interface HostServer {
  /** Serves a port until it closes or the returned function is called. */
  serve(port: BridgePort): () => void;
  /** Says goodbye on all ports and closes them. The host stays open: it belongs to whoever made it. */
  close(): void;
}

export interface HostServerOptions {
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Serves one host on any number of ports, remembering across them what each client already asked for. */
export function createHostServer(host: ChannelHost, options: HostServerOptions = {}): HostServer {
  const answers: Answers = createAnswerCache(options.clock ?? systemClock);
  const server = randomName(options.random ?? systemRandom);
  const sessions = new Set<() => void>();
  return {
    serve(port) {
      const stop = serveSession(port, { host, answers, server, onEnd: () => sessions.delete(stop) });
      sessions.add(stop);
      return stop;
    },
    close() {
      for (const stop of [...sessions]) stop();
    },
  };
}

/** One server for each host, so that all its ports share what is remembered. */
const servers = new WeakMap<ChannelHost, HostServer>();

/** Serves a host on a port, until the port closes or the returned function is called. */
export function serveHost(port: BridgePort, host: ChannelHost): () => void {
  const server = servers.get(host) ?? createHostServer(host);
  servers.set(host, server);
  return server.serve(port);
}

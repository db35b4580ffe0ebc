import { connectHost } from "../src/bridge/client/connect-host.ts";
import { messagePort } from "../src/bridge/ports/message-port.ts";
import type { ChannelHost } from "../src/channel/api/channel-host.ts";
import { tellAttention } from "./attention.ts";
import { closedWithWorker, type WorkerStart } from "./worker-lock.ts";

/** The worker of one participant and the channels that it keeps. */
export interface ParticipantHost {
  readonly host: ChannelHost;
  /** Ends the worker at once; what it accepted is on disk. */
  stop(): void;
}

/**
 * Starts the participant's worker: hidden tabs then ack as fast as visible ones, since a page's timers are throttled
 * and a worker's are not. A worker that dies is started again at once; `onStopped` is called when that does not help either.
 */
export function startParticipant(participant: string, onStopped: () => void): ParticipantHost {
  let worker: Worker | null = null;
  let stopTelling = (): void => undefined;
  const end = (): void => {
    stopTelling();
    worker?.terminate();
  };
  const openPort = () => {
    end();
    worker = startWorker(participant, onStopped);
    const { port1, port2 } = new MessageChannel();
    const lock = `hearback.worker.${crypto.randomUUID()}`;
    const port = closedWithWorker(messagePort(port1), worker, lock);
    // Through a port of its own: what the page sends while the worker still opens its storage waits in there.
    worker.postMessage({ port: port2, lock } satisfies WorkerStart, [port2]);
    stopTelling = tellAttention(worker);
    return port;
  };
  const host = connectHost(openPort, {
    onState: ({ kind }) => {
      if (kind === "lost" || kind === "incompatible") onStopped();
    },
  });
  return {
    host,
    stop() {
      void host.close();
      end();
    },
  };
}

function startWorker(participant: string, onNotLoaded: () => void): Worker {
  const worker = new Worker(new URL("./participant.worker.ts", import.meta.url), {
    type: "module",
    name: participant,
  });
  worker.addEventListener("error", (event) => {
    // An uncaught error comes with a message and need not be the end; a script that could not be loaded has none.
    if (event.message === undefined) onNotLoaded();
  });
  return worker;
}

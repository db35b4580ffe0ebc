import type { Connection, IncomingStreamData, Libp2p, Stream } from "@libp2p/interface";
import { systemRandom } from "../../../src/runtime/system-random.ts";
import { createPingStream, PING_CODEC } from "../../../src/transport/waku/liveness/ping-stream.ts";

const SWEEP_INTERVAL_MS = 15_000;
/** Clients of ours ping every 4 to 15 s and are never asked; who says nothing for this long is. */
const SILENCE_MS = 45_000;
/** Twice what networks are known to stand still. */
const ANSWER_TIMEOUT_MS = 20_000;
/** A client and its browser open one at a time; js-libp2p's own pings one each. */
const MAX_PING_STREAMS = 32;

export interface PeerPulseOptions {
  readonly libp2p: Pick<Libp2p, "handle" | "getConnections" | "addEventListener">;
  /** In milliseconds. */
  readonly now?: () => number;
  readonly answerTimeoutMs?: number;
}

/**
 * Answers pings, over one stream for as long as the peer likes, and ends the connections of peers that are gone. libp2p's own
 * monitor pings everybody every ten seconds over a new stream, hundreds of bytes each time, and ends a connection over
 * which nothing comes for eight seconds, as happens to mobile ones that live.
 */
export class PeerPulse {
  private readonly libp2p: PeerPulseOptions["libp2p"];
  private readonly now: () => number;
  private readonly answerTimeoutMs: number;
  /** When each connection was last heard of. */
  private readonly heard = new WeakMap<Connection, number>();
  private readonly asked = new WeakSet<Connection>();
  private timer: NodeJS.Timeout | undefined;

  constructor({ libp2p, now = () => performance.now(), answerTimeoutMs = ANSWER_TIMEOUT_MS }: PeerPulseOptions) {
    this.libp2p = libp2p;
    this.now = now;
    this.answerTimeoutMs = answerTimeoutMs;
  }

  async start(): Promise<void> {
    this.libp2p.addEventListener("connection:open", ({ detail }) => this.hear(detail));
    const answer = ({ stream, connection }: IncomingStreamData): void => void this.echo(stream, connection);
    await this.libp2p.handle(PING_CODEC, answer, { maxInboundStreams: MAX_PING_STREAMS, runOnLimitedConnection: true });
    this.timer = setInterval(() => this.sweep(), SWEEP_INTERVAL_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Asks those of whom nothing was heard for long. */
  sweep(): void {
    for (const connection of this.libp2p.getConnections()) {
      const isSilent = this.now() - (this.heard.get(connection) ?? 0) >= SILENCE_MS;
      if (isSilent && !this.asked.has(connection)) void this.ask(connection);
    }
  }

  private hear(connection: Connection): void {
    this.heard.set(connection, this.now());
  }

  private async echo(stream: Stream, connection: Connection): Promise<void> {
    const hear = (): void => this.hear(connection);
    try {
      await stream.sink(
        (async function* () {
          for await (const chunk of stream.source) {
            hear();
            yield chunk;
          }
        })(),
      );
      await stream.close();
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async ask(connection: Connection): Promise<void> {
    this.asked.add(connection);
    const pings = createPingStream(connection, systemRandom);
    const limit = setTimeout(() => connection.abort(new Error("the peer does not answer")), this.answerTimeoutMs);
    try {
      await pings.ping();
      this.hear(connection);
    } catch (error) {
      // Who does not know pings, or takes no stream more, answered as well. A connection that has ended needs no answer.
      if (connection.status === "open" && error instanceof Error) this.hear(connection);
    } finally {
      clearTimeout(limit);
      pings.close();
      this.asked.delete(connection);
    }
  }
}

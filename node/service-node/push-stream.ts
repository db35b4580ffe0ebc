import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { FILTER_PUSH_CODEC } from "../../src/transport/waku/wire/codecs.ts";
import { encodeFrame } from "../../src/transport/waku/wire/framing.ts";

const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
const OPEN_TIMEOUT_MS = 10_000;

/**
 * The one long-lived push stream to a subscriber. Streams per message do not work: subscribers never close their side,
 * and at their limit of 100 inbound streams mplex disconnects and yamux loses everything silently. The queue also keeps
 * the order.
 */
export class PushStream {
  private readonly libp2p: Libp2p;
  private readonly peer: PeerId;
  private readonly onFailure: () => void;
  private readonly queue: Uint8Array[] = [];
  private queuedBytes = 0;
  private stream: Stream | undefined;
  private wake: (() => void) | undefined;
  private state: "idle" | "running" | "ended" = "idle";

  /** `onFailure` is called once if the subscriber cannot be reached or does not keep up. */
  constructor(libp2p: Libp2p, peer: PeerId, onFailure: () => void) {
    this.libp2p = libp2p;
    this.peer = peer;
    this.onFailure = onFailure;
  }

  push(body: Uint8Array): void {
    if (this.state === "ended") {
      return;
    }
    const frame = encodeFrame(body);
    this.queue.push(frame);
    this.queuedBytes += frame.length;
    if (this.queuedBytes > MAX_QUEUED_BYTES) {
      this.fail(new Error("the subscriber does not keep up"));
    } else if (this.state === "idle") {
      this.state = "running";
      void this.run();
    } else {
      this.wake?.();
    }
  }

  end(): void {
    this.state = "ended";
    this.queue.length = 0;
    this.wake?.();
    this.stream?.abort(new Error("the subscription has ended"));
  }

  private async run(): Promise<void> {
    try {
      const connection = this.openConnection();
      const signal = AbortSignal.timeout(OPEN_TIMEOUT_MS);
      this.stream = await connection.newStream(FILTER_PUSH_CODEC, { signal, runOnLimitedConnection: true });
      await this.stream.sink(this.frames());
      if (this.state === "running") {
        this.fail(new Error("the subscriber closed the push stream"));
      }
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private openConnection(): Connection {
    const connection = this.libp2p.getConnections(this.peer).find((candidate) => candidate.status === "open");
    if (connection === undefined) {
      throw new Error("the subscriber is not connected");
    }
    return connection;
  }

  private async *frames(): AsyncGenerator<Uint8Array> {
    while (this.state === "running") {
      const frame = this.queue.shift();
      if (frame !== undefined) {
        this.queuedBytes -= frame.length;
        yield frame;
        continue;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
  }

  private fail(error: Error): void {
    if (this.state === "ended") {
      return;
    }
    this.state = "ended";
    this.queue.length = 0;
    this.wake?.();
    this.stream?.abort(error);
    this.onFailure();
  }
}

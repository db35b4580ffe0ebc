import type { Connection, Stream } from "@libp2p/interface";
import { FILTER_PUSH_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import { encodeFrame } from "../../../src/transport/waku/wire/length-prefix.ts";

const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
/** A connection that stands still for a while is not dead; who ends it ends the push stream as well. */
const OPEN_TIMEOUT_MS = 30_000;
/** What is left when another stream goes on is sent in this time, or not at all. */
const FINISH_TIMEOUT_MS = 10_000;

/**
 * The one long-lived push stream to a subscriber, over one connection of it. Streams per message do not work: subscribers never close their side,
 * and at their limit of 100 inbound streams mplex disconnects and yamux loses everything silently. The queue also keeps
 * the order.
 */
export class PushStream {
  readonly connection: Connection;
  private readonly onFailure: () => void;
  private readonly queue: Uint8Array[] = [];
  private queuedBytes = 0;
  private stream: Stream | undefined;
  private wake: (() => void) | undefined;
  private state: "idle" | "running" | "finishing" | "ended" = "idle";

  /** `onFailure` is called once if the subscriber cannot be reached or does not keep up. */
  constructor(connection: Connection, onFailure: () => void) {
    this.connection = connection;
    this.onFailure = onFailure;
  }

  push(body: Uint8Array): void {
    if (this.state === "finishing" || this.state === "ended") {
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

  /** Takes nothing more, sends what it has, and ends; another push stream goes on. */
  finish(): void {
    if (this.state === "ended") return;
    this.state = this.state === "running" ? "finishing" : "ended";
    this.wake?.();
    // A subscriber that does not read must not leave a full queue behind with each connection that it makes.
    if (this.state === "finishing") setTimeout(() => this.end(), FINISH_TIMEOUT_MS).unref();
  }

  /** Ends at once; what is not sent yet is lost. */
  end(): void {
    if (this.state === "ended") return;
    this.state = "ended";
    this.queue.length = 0;
    this.wake?.();
    this.stream?.abort(new Error("the subscription has ended"));
  }

  private async run(): Promise<void> {
    try {
      const signal = AbortSignal.timeout(OPEN_TIMEOUT_MS);
      this.stream = await this.connection.newStream(FILTER_PUSH_CODEC, { signal, runOnLimitedConnection: true });
      await this.stream.sink(this.frames());
      if (this.state === "finishing") {
        await this.stream.close({ signal: AbortSignal.timeout(OPEN_TIMEOUT_MS) });
      } else if (this.state === "running") {
        this.fail(new Error("the subscriber closed the push stream"));
      }
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async *frames(): AsyncGenerator<Uint8Array> {
    while (this.state === "running" || this.state === "finishing") {
      const frame = this.queue.shift();
      if (frame !== undefined) {
        this.queuedBytes -= frame.length;
        yield frame;
        continue;
      }
      if (this.state === "finishing") {
        return;
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
    const isWanted = this.state !== "finishing";
    this.state = "ended";
    this.queue.length = 0;
    this.wake?.();
    this.stream?.abort(error);
    if (isWanted) {
      this.onFailure();
    }
  }
}

import {
  type ContentMessage,
  isContentMessage,
  Message,
  MessageChannel,
  MessageChannelEvent,
  type SyncMessage,
} from "@waku/sds";
import { contentTopicOf } from "../../src/identity/secrecy/content-topic.ts";
import { decryptPayload, encryptPayload } from "../../src/identity/secrecy/payload-encryption.ts";
import type { Random } from "../../src/runtime/port.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import type { InboundFrame } from "../../src/transport/port.ts";
import type { Air } from "../full/air.ts";

/** How the SDK's ReliableChannel drives a MessageChannel. */
const SWEEP_MS = 5_000;
const REPAIR_SWEEP_MS = 10_000;
const SYNC_MS = 30_000;
const RESEND_MS = 30_000;

export interface PeerHooks {
  /** A message from somebody came out of the peer's decoder. */
  readonly onReceived: (message: Message) => void;
  /** It holds its own message for acknowledged. */
  readonly onAcknowledged: (id: string) => void;
  readonly onSaid: (message: ContentMessage) => void;
}

/** A plain SDS client (@waku/sds) on the simulated network, driven as its own SDK does. */
export class Peer {
  readonly index: number;
  readonly delivered: string[] = [];
  /** What the application hears, which is before the peer sorts out duplicates and causes. */
  readonly heard: string[] = [];
  readonly #channel: MessageChannel;
  readonly #air: Air;
  readonly #key: Uint8Array;
  readonly #random: Random;
  #work: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(index: number, channelId: ChannelId, key: Uint8Array, air: Air, random: Random, hooks: PeerHooks) {
    this.index = index;
    this.#air = air;
    this.#key = key;
    this.#random = random;
    this.#channel = new MessageChannel(channelId, `peer-${index}`);
    this.#onReceived = hooks.onReceived;
    this.#onSaid = hooks.onSaid;
    this.#channel.addEventListener(
      MessageChannelEvent.InMessageDelivered,
      ({ detail }) => void this.delivered.push(detail),
    );
    this.#channel.addEventListener(MessageChannelEvent.OutMessageAcknowledged, ({ detail }) =>
      hooks.onAcknowledged(detail),
    );
    this.#every(SWEEP_MS, async () => void this.#channel.sweepIncomingBuffer());
    this.#every(REPAIR_SWEEP_MS, async () => void (await this.#channel.sweepRepairIncomingBuffer(this.#publish)));
    this.#every(SYNC_MS, async () => void (await this.#channel.pushOutgoingSyncMessage(this.#publish)));
    this.#every(RESEND_MS, async () => {
      for (const message of this.#channel.sweepOutgoingBuffer().unacknowledged) await this.#publish(message);
    });
  }

  readonly #onReceived: PeerHooks["onReceived"];
  readonly #onSaid: PeerHooks["onSaid"];

  say(text: string): void {
    this.#do(async () => {
      this.#channel.pushOutgoingMessage(new TextEncoder().encode(text), async (message) => {
        this.#onSaid(message);
        await this.#publish(message);
        return { success: true };
      });
      await this.#channel.processTasks();
    });
  }

  receive(frame: InboundFrame): void {
    this.#do(async () => {
      const bytes = await decryptPayload(this.#key, frame.payload);
      const message = bytes === null ? undefined : Message.decode(bytes);
      if (message === undefined || message.senderId === this.#channel.senderId) return;
      this.#onReceived(message);
      if (isContentMessage(message)) this.heard.push(message.messageId);
      this.#channel.pushIncomingMessage(message, frame.hash);
      await this.#channel.processTasks();
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  readonly #publish = async (message: Message | SyncMessage): Promise<boolean> => {
    const payload = await encryptPayload(this.#key, message.encode());
    const contentTopic = contentTopicOf(this.#key);
    this.#air.broadcast(this.index, {
      ...{ contentTopic, payload, version: 1, ephemeral: false, timestamp: this.#air.clock.now() },
    });
    return true;
  };

  /** One thing after the other. */
  #do(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(() => (this.#stopped ? undefined : work())).catch(() => undefined);
  }

  #every(ms: number, work: () => Promise<unknown>): void {
    const delay = Math.floor(ms * (0.8 + 0.4 * this.#random.next()));
    this.#air.clock.schedule(delay, () => {
      if (this.#stopped) return;
      this.#do(work);
      this.#every(ms, work);
    });
  }
}

import { ContentMessage, type HistoryEntry, MessageChannel } from "@waku/sds";
import { START, textOf } from "./traffic.ts";

const CHANNEL = "AAECAwQFBgcICQoLDA0ODw";

/** What the peer keeps private and a benchmark must reach, to give it a history without the hours that building it takes. */
interface Insides {
  readonly filter: PeerBloomFilter;
  readonly localHistory: { items: ContentMessage[] };
}

export interface PeerBloomFilter {
  insert(id: string): void;
  lookup(id: string): boolean;
  toBytes(): Uint8Array;
}

/** The filter as its channels use it. */
export function peerBloomFilter(): PeerBloomFilter {
  return (new MessageChannel(CHANNEL, "filter") as unknown as Insides).filter;
}

/** @waku/sds as it is published, driven as its own SDK drives it: push, then process the tasks. It verifies nothing. */
export class PeerChannel {
  readonly channel: MessageChannel;
  readonly #insides: Insides;

  constructor(sender: string, dependencies: number) {
    this.channel = new MessageChannel(CHANNEL, sender, { causalHistorySize: dependencies });
    this.#insides = this.channel as unknown as Insides;
  }

  /** Puts messages into its history without the work of receiving them. */
  fill(messages: readonly ContentMessage[]): void {
    this.#insides.localHistory.items = [...this.#insides.localHistory.items, ...messages];
  }

  get filterBytes(): Uint8Array {
    return this.#insides.filter.toBytes();
  }

  async receive(bytes: Uint8Array): Promise<void> {
    const message = ContentMessage.decode(bytes);
    if (message === undefined) throw new Error("Not a message of the peer.");
    this.channel.pushIncomingMessage(message, undefined);
    await this.channel.processTasks();
  }

  /** All at once, and one sweep of what had to wait for its causes. */
  async receiveAll(messages: readonly Uint8Array[]): Promise<void> {
    for (const bytes of messages) {
      const message = ContentMessage.decode(bytes);
      if (message !== undefined) this.channel.pushIncomingMessage(message, undefined);
    }
    await this.channel.processTasks();
    this.channel.sweepIncomingBuffer();
  }

  /** The bytes that it sends. */
  async send(payload: Uint8Array): Promise<Uint8Array> {
    let bytes = new Uint8Array();
    this.channel.pushOutgoingMessage(payload, async (message) => {
      bytes = Uint8Array.from(message.encode());
      return { success: true };
    });
    await this.channel.processTasks();
    return bytes;
  }

  async sendSync(): Promise<Uint8Array> {
    let bytes = new Uint8Array();
    await this.channel.pushOutgoingSyncMessage(async (message) => {
      bytes = Uint8Array.from(message.encode());
      return true;
    });
    return bytes;
  }
}

/** Messages as the peer encodes them: authors in turn, each naming the ones before it, with a bloom filter in each. */
export class PeerTraffic {
  readonly #dependencies: number;
  readonly #hints: boolean;
  readonly #recent: HistoryEntry[] = [];
  readonly #bloomFilter = peerBloomFilter().toBytes();
  #count = 0;

  /** With `hints` each message is known by the 32-byte hash under which a Store has it, as it is where there is a Store. */
  constructor(dependencies: number, hints = false) {
    this.#dependencies = dependencies;
    this.#hints = hints;
  }

  next(): ContentMessage {
    const number = this.#count++;
    const payload = textOf(number);
    const id = MessageChannel.getMessageId(payload);
    const sender = `participant-${1 + (number % 5)}`;
    const lamport = BigInt(START + number);
    const message = new ContentMessage(id, CHANNEL, sender, [...this.#recent], lamport, this.#bloomFilter, payload);
    const hint = this.#hints ? { retrievalHint: new Uint8Array(32).fill(number) } : {};
    Object.assign(message, hint);
    this.#recent.push({ messageId: id, ...hint, senderId: sender });
    if (this.#recent.length > this.#dependencies) this.#recent.shift();
    return message;
  }

  take(count: number): ContentMessage[] {
    return Array.from({ length: count }, () => this.next());
  }
}

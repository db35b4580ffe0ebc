import type { ChannelClient, ChannelSnapshot, MessageView } from "../../../src/channel/channel-client.ts";
import { createChannelHost } from "../../../src/channel/host.ts";
import type { ChannelId } from "../../../src/sds/ids.ts";
import { createMemoryStorage } from "../../../src/storage/memory/memory-storage.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";

/** One participant of one channel, connected to service nodes of its own choice. */
export interface Participant {
  readonly client: ChannelClient;
  readonly inviteCode: string;
  /** Resolves once there is a message with this text. */
  has(text: string, timeoutMs: number): Promise<MessageView>;
  /** Resolves once the message that was sent with this text is "received by all `n`". */
  everyoneHas(text: string, n: number, timeoutMs: number): Promise<void>;
  say(text: string): Promise<void>;
  texts(): Promise<string[]>;
  close(): Promise<void>;
}

/** What a test that should take seconds wants: acks gathered briefly, resends soon. */
const QUICK = { ackWindowMs: 200, idleSyncMinMs: 500, resendFirstMs: 1_000 };

/** Creates the channel, or joins it by `inviteCode`. */
export async function participant(
  name: string,
  multiaddrs: readonly string[],
  inviteCode?: string,
): Promise<Participant> {
  const host = createChannelHost({
    storage: createMemoryStorage(),
    // The invite names the creator's service node; this participant has another.
    openTransport: (network) => createWakuTransport({ network: { ...network, multiaddrs } }),
  });
  const create = { name: "Mesh", displayName: name, profile: "community", multiaddrs, parameters: QUICK } as const;
  const channel =
    inviteCode === undefined ? await host.create(create) : await host.join({ invite: inviteCode, displayName: name });
  return { ...talk(host.open(channel.id as ChannelId)), inviteCode: channel.inviteCode, close: () => host.close() };
}

function talk(client: ChannelClient): Omit<Participant, "inviteCode" | "close"> {
  let count = 0;
  const find = async (text: string, timeoutMs: number, isWanted: (message: MessageView) => boolean) => {
    const deadline = Date.now() + timeoutMs;
    while (true) {
      const message = chats(await client.snapshot(1_000)).find((candidate) => candidate.text === text);
      if (message !== undefined && isWanted(message)) {
        return message;
      }
      if (Date.now() > deadline) {
        throw new Error(`"${text}" is ${JSON.stringify(message?.delivery ?? "not there")} after ${timeoutMs} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return {
    client,
    has: (text, timeoutMs) => find(text, timeoutMs, () => true),
    everyoneHas: async (text, n, timeoutMs) => {
      await find(text, timeoutMs, ({ delivery }) => delivery.state.kind === "everyone" && delivery.state.n === n);
    },
    say: async (text) => {
      count += 1;
      await client.send({ requestId: `${text} ${count}`, type: "chat", text });
    },
    texts: async () => chats(await client.snapshot(10_000)).map(({ text }) => text),
  };
}

function chats({ page }: ChannelSnapshot): MessageView[] {
  return page.entries.flatMap((entry) => (entry.kind === "message" && entry.type === "chat" ? [entry] : []));
}

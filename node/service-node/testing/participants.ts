import type { ChannelClient, LogItem, MessageView } from "../../../src/channel/api/channel-client.ts";
import { createChannelHost } from "../../../src/channel/host/host.ts";
import type { ChannelId } from "../../../src/sds/wire/ids.ts";
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
  /** All messages in the order of the log. */
  texts(): Promise<string[]>;
  close(): Promise<void>;
}

const PAGE = 200;
/** What a test that should take seconds wants: acks gathered briefly, resends soon. */
const QUICK = { ackWindowMs: 200, idleSyncMinMs: 500, resendFirstMs: 1_000 };

/** Creates the channel (with `parameters`), or joins it by `inviteCode`. */
export async function participant(
  name: string,
  multiaddrs: readonly string[],
  inviteCode?: string,
  parameters: Readonly<Record<string, number>> = QUICK,
): Promise<Participant> {
  const host = createChannelHost({
    storage: createMemoryStorage(),
    // The invite names the creator's service node; this participant has another.
    openTransport: (network) => createWakuTransport({ network: { ...network, multiaddrs } }),
  });
  const create = { name: "Mesh", displayName: name, profile: "community", multiaddrs, parameters } as const;
  const channel =
    inviteCode === undefined ? await host.create(create) : await host.join({ invite: inviteCode, displayName: name });
  return { ...talk(host.open(channel.id as ChannelId)), inviteCode: channel.inviteCode, close: () => host.close() };
}

function talk(client: ChannelClient): Omit<Participant, "inviteCode" | "close"> {
  let count = 0;
  const find = async (text: string, timeoutMs: number, isWanted: (message: MessageView) => boolean) => {
    const deadline = Date.now() + timeoutMs;
    while (true) {
      const message = chats((await client.snapshot(PAGE)).page.entries).find((candidate) => candidate.text === text);
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
      await client.send({ requestId: `${text.slice(0, 40)} ${count}`, type: "chat", text });
    },
    texts: async () => chats(await wholeLog(client)).map(({ text }) => text),
  };
}

function chats(entries: readonly LogItem[]): MessageView[] {
  return entries.flatMap((entry) => (entry.kind === "message" && entry.type === "chat" ? [entry] : []));
}

/** Page by page: no page is longer than a client cares to give. */
async function wholeLog(client: ChannelClient): Promise<LogItem[]> {
  let { entries, more } = (await client.snapshot(PAGE)).page;
  const log = [...entries];
  while (more && log[0] !== undefined) {
    ({ entries, more } = await client.page({ lamport: log[0].lamport, id: log[0].id }, PAGE));
    log.unshift(...entries);
  }
  return log;
}
